import { countDefinitions, countIncidents, countRunning, listDefinitions } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { formatNumber } from '../../lib/format';
import { wildcard } from '../../lib/filters';
import { useList } from '../../state/list';
import { useLive } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Badge } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { definitionColumns } from '../definition-columns';
import { DeployPage } from '../deployments/deploy-page';
import { SearchField } from '../search-field';
import { processPath } from '../links';

export default function Processes() {
  const [search, setSearch] = useParam('q');
  const filter = { latestVersion: true, nameLike: search ? wildcard(search) : undefined };
  const list = useList({
    key: ['definitions', filter],
    fetch: (part, signal) => listDefinitions({ ...filter, ...part }, signal),
    count: (signal) => countDefinitions(filter, signal),
    sortBy: 'name',
  });
  return (
    <DeployPage title={en.processes.title}>
      <div className="toolbar">
        <SearchField label={en.processes.search} value={search} onChange={setSearch} />
      </div>
      <List
        of={list}
        label={en.processes.title}
        rowId={(definition) => definition.id}
        empty={
          <Empty icon="process" title={search ? en.processes.noMatch : en.processes.empty}>
            {!search && en.processes.emptyHint}
          </Empty>
        }
        columns={[
          ...definitionColumns<ProcessDefinition>(
            processPath,
            (d) => d.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>,
          ),
          {
            id: 'tenant',
            label: en.common.tenant,
            narrow: true,
            cell: (d) => d.tenantId ?? <span className="muted">–</span>,
          },
          {
            id: 'running',
            label: en.processes.running,
            narrow: true,
            align: 'end',
            cell: (definition) => <Running definition={definition} />,
          },
          {
            id: 'incidents',
            label: en.processes.incidents,
            narrow: true,
            align: 'end',
            cell: (definition) => <Incidents definition={definition} />,
          },
        ]}
      />
    </DeployPage>
  );
}

/** Counted row by row: the page is bounded, the statistics of all versions are not. */
function Running({ definition }: { definition: ProcessDefinition }) {
  const count = useLive(['definition', definition.key, 'running'], (signal) =>
    countRunning({ processDefinitionKey: definition.key }, signal),
  );
  return (
    <span className={count.data ? '' : 'muted'}>
      {count.data === undefined ? '…' : formatNumber(count.data)}
    </span>
  );
}

function Incidents({ definition }: { definition: ProcessDefinition }) {
  const count = useLive(['definition', definition.key, 'incidents'], (signal) =>
    countIncidents({ processDefinitionKeyIn: definition.key }, signal),
  );
  if (count.data === undefined) return <span className="muted">…</span>;
  return count.data > 0 ? (
    <Badge tone="bad">{formatNumber(count.data)}</Badge>
  ) : (
    <span className="muted">0</span>
  );
}
