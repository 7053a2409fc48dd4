import { countDecisionInstances, countDecisions, listDecisions } from '../../api/admin';
import type { DecisionDefinition } from '../../api/types';
import { formatNumber } from '../../lib/format';
import { wildcard } from '../../lib/filters';
import { useList } from '../../state/list';
import { useLive } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Empty } from '../../ui/feedback';
import { Page } from '../../ui/page';
import { List } from '../../ui/table';
import { definitionColumns } from '../definition-columns';
import { SearchField } from '../search-field';
import { decisionPath } from './path';

export default function Decisions() {
  const [search, setSearch] = useParam('q');
  const filter = { latestVersion: true, nameLike: search ? wildcard(search) : undefined };
  const list = useList({
    key: ['decisions', filter],
    fetch: (part, signal) => listDecisions({ ...filter, ...part }, signal),
    count: (signal) => countDecisions(filter, signal),
    sortBy: 'name',
  });
  return (
    <Page title={en.decisions.title}>
      <div className="toolbar">
        <SearchField label={en.decisions.search} value={search} onChange={setSearch} />
      </div>
      <List
        of={list}
        label={en.decisions.title}
        rowId={(decision) => decision.id}
        empty={<Empty icon="decision" title={search ? en.decisions.noMatch : en.decisions.empty} />}
        columns={[
          ...definitionColumns<DecisionDefinition>(decisionPath),
          {
            id: 'group',
            label: en.decisions.requirements,
            cell: (d) => d.decisionRequirementsDefinitionKey ?? <span className="muted">–</span>,
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
    </Page>
  );
}

function Evaluations({ decision }: { decision: DecisionDefinition }) {
  const count = useLive(['decision', decision.key, 'evaluations'], (signal) =>
    countDecisionInstances({ decisionDefinitionKey: decision.key }, signal),
  );
  return <>{count.data === undefined ? '…' : formatNumber(count.data)}</>;
}
