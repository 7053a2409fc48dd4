import { Link } from 'react-router';
import { countDecisionInstances, countDecisions, listDecisions } from '../../api/admin';
import type { DecisionDefinition } from '../../api/types';
import { definitionLabel, formatNumber } from '../../lib/format';
import { wildcard } from '../../lib/filters';
import { useLive } from '../../state/queries';
import { usePaging, useParam, useSorting } from '../../state/url';
import { en } from '../../text/en';
import { Badge } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Page } from '../../ui/page';
import { Pager, Table } from '../../ui/table';
import { SearchField } from '../search-field';
import { decisionPath } from './path';

export default function Decisions() {
  const [search, setSearch] = useParam('q');
  const [sorting, setSorting] = useSorting('name', 'asc');
  const paging = usePaging();
  const filter = { latestVersion: true, nameLike: search ? wildcard(search) : undefined };
  const rows = useLive(['decisions', filter, sorting, paging.page], (signal) =>
    listDecisions(
      { ...filter, ...sorting, firstResult: paging.firstResult, maxResults: paging.size },
      signal,
    ),
  );
  const count = useLive(['decisions', 'count', filter], (signal) => countDecisions(filter, signal));
  return (
    <Page title={en.decisions.title}>
      <div className="toolbar">
        <SearchField label={en.decisions.search} value={search} onChange={setSearch} />
      </div>
      <Table
        label={en.decisions.title}
        rows={rows}
        rowId={(decision) => decision.id}
        sorting={[sorting, setSorting]}
        empty={<Empty icon="decision" title={en.decisions.empty} />}
        columns={[
          {
            id: 'name',
            label: en.common.name,
            sortBy: 'name',
            cell: (decision) => (
              <Link to={decisionPath(decision.id)} className="strong">
                {definitionLabel(decision)}
              </Link>
            ),
          },
          { id: 'key', label: en.common.key, sortBy: 'key', cell: (d) => <code>{d.key}</code> },
          {
            id: 'version',
            label: en.common.version,
            sortBy: 'version',
            narrow: true,
            cell: (d) => (
              <>
                {en.common.versionNumber(d.version)} {d.versionTag && <Badge>{d.versionTag}</Badge>}
              </>
            ),
          },
          {
            id: 'group',
            label: en.decisions.requirements,
            cell: (d) => d.decisionRequirementsDefinitionKey ?? '',
          },
          {
            id: 'count',
            label: en.decisions.evaluations,
            narrow: true,
            align: 'end',
            cell: (d) => <Evaluations decision={d} />,
          },
        ]}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
    </Page>
  );
}

function Evaluations({ decision }: { decision: DecisionDefinition }) {
  const count = useLive(['decision', decision.key, 'evaluations'], (signal) =>
    countDecisionInstances({ decisionDefinitionKey: decision.key }, signal),
  );
  return <>{count.data === undefined ? '…' : formatNumber(count.data)}</>;
}
