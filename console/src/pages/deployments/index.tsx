import { useState } from 'react';
import { Link } from 'react-router';
import { countDeployments, listDeployments } from '../../api/admin';
import { wildcard } from '../../lib/filters';
import { useLive } from '../../state/queries';
import { usePaging, useParam, useSorting } from '../../state/url';
import { en } from '../../text/en';
import { Button, CopyId, Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Page } from '../../ui/page';
import { Pager, Table } from '../../ui/table';
import { SearchField } from '../search-field';
import { DeployDialog } from './deploy-dialog';
import { DropZone } from './drop-zone';

export default function Deployments() {
  const [search, setSearch] = useParam('q');
  const [sorting, setSorting] = useSorting('deploymentTime', 'desc');
  const paging = usePaging();
  const [files, setFiles] = useState<File[] | null>(null);
  const filter = { nameLike: search ? wildcard(search) : undefined };
  const rows = useLive(['deployments', filter, sorting, paging.page], (signal) =>
    listDeployments(
      { ...filter, ...sorting, firstResult: paging.firstResult, maxResults: paging.size },
      signal,
    ),
  );
  const count = useLive(['deployments', 'count', filter], (signal) => countDeployments(filter, signal));
  return (
    <DropZone onFiles={setFiles}>
      <Page
        title={en.deployments.title}
        actions={
          <Button look="primary" icon="upload" onClick={() => setFiles([])}>
            {en.deployments.deploy}
          </Button>
        }
      >
        <div className="toolbar">
          <SearchField label={en.deployments.search} value={search} onChange={setSearch} />
        </div>
        <Table
          label={en.deployments.title}
          rows={rows}
          rowId={(deployment) => deployment.id}
          sorting={[sorting, setSorting]}
          empty={<Empty icon="deployment" title={en.deployments.empty} />}
          columns={[
            {
              id: 'name',
              label: en.common.name,
              sortBy: 'name',
              cell: (deployment) => (
                <Link to={`/deployments/${encodeURIComponent(deployment.id)}`} className="strong">
                  {deployment.name || deployment.id}
                </Link>
              ),
            },
            {
              id: 'time',
              label: en.deployments.time,
              sortBy: 'deploymentTime',
              cell: (deployment) => <Time value={deployment.deploymentTime} />,
            },
            {
              id: 'source',
              label: en.deployments.source,
              cell: (d) => d.source ?? <span className="muted">–</span>,
            },
            {
              id: 'tenant',
              label: en.common.tenant,
              cell: (d) => d.tenantId ?? <span className="muted">–</span>,
            },
            { id: 'id', label: en.common.id, narrow: true, cell: (d) => <CopyId id={d.id} /> },
          ]}
        />
        <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
        {files && <DeployDialog initial={files} onClose={() => setFiles(null)} />}
      </Page>
    </DropZone>
  );
}
