import { useState } from 'react';
import { Link } from 'react-router';
import { countDefinitions, countIncidents, countRunning, listDefinitions } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { definitionLabel, formatNumber } from '../../lib/format';
import { wildcard } from '../../lib/filters';
import { useLive } from '../../state/queries';
import { usePaging, useParam, useSorting } from '../../state/url';
import { en } from '../../text/en';
import { Badge, Button } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Page } from '../../ui/page';
import { Pager, Table } from '../../ui/table';
import { DropZone } from '../deployments/drop-zone';
import { DeployDialog } from '../deployments/deploy-dialog';
import { SearchField } from '../search-field';
import { processPath } from '../links';

export default function Processes() {
  const [search, setSearch] = useParam('q');
  const [sorting, setSorting] = useSorting('name', 'asc');
  const paging = usePaging();
  const [files, setFiles] = useState<File[] | null>(null);
  const filter = { latestVersion: true, nameLike: search ? wildcard(search) : undefined };
  const rows = useLive(['definitions', filter, sorting, paging.page], (signal) =>
    listDefinitions(
      { ...filter, ...sorting, firstResult: paging.firstResult, maxResults: paging.size },
      signal,
    ),
  );
  const count = useLive(['definitions', 'count', filter], (signal) => countDefinitions(filter, signal));

  return (
    <DropZone onFiles={setFiles}>
      <Page
        title={en.processes.title}
        actions={
          <Button look="primary" icon="upload" onClick={() => setFiles([])}>
            {en.deployments.deploy}
          </Button>
        }
      >
        <div className="toolbar">
          <SearchField label={en.processes.search} value={search} onChange={setSearch} />
        </div>
        <Table
          label={en.processes.title}
          rows={rows}
          rowId={(definition) => definition.id}
          sorting={[sorting, setSorting]}
          empty={
            <Empty icon="process" title={search ? en.processes.noMatch : en.processes.empty}>
              {!search && en.processes.emptyHint}
            </Empty>
          }
          columns={[
            {
              id: 'name',
              label: en.common.name,
              sortBy: 'name',
              cell: (definition) => (
                <Link to={processPath(definition.id)} className="strong">
                  {definitionLabel(definition)}
                </Link>
              ),
            },
            { id: 'key', label: en.common.key, sortBy: 'key', cell: (d) => <code>{d.key}</code> },
            {
              id: 'version',
              label: en.common.version,
              sortBy: 'version',
              narrow: true,
              cell: (d) => <VersionCell definition={d} />,
            },
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
        <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
        {files && <DeployDialog initial={files} onClose={() => setFiles(null)} />}
      </Page>
    </DropZone>
  );
}

function VersionCell({ definition }: { definition: ProcessDefinition }) {
  return (
    <>
      {en.common.versionNumber(definition.version)}{' '}
      {definition.versionTag && <Badge>{definition.versionTag}</Badge>}{' '}
      {definition.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>}
    </>
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
