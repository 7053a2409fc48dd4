import { Link } from 'react-router';
import { countDeployments, listDeployments } from '../../api/admin';
import { wildcard } from '../../lib/filters';
import { useList } from '../../state/list';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { CopyId, Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { SearchField } from '../search-field';
import { DeployPage } from './deploy-page';

export default function Deployments() {
  const [search, setSearch] = useParam('q');
  const filter = { nameLike: search ? wildcard(search) : undefined };
  const list = useList({
    key: ['deployments', filter],
    fetch: (part, signal) => listDeployments({ ...filter, ...part }, signal),
    count: (signal) => countDeployments(filter, signal),
    sortBy: 'deploymentTime',
    sortOrder: 'desc',
  });
  return (
    <DeployPage title={en.deployments.title}>
      <div className="toolbar">
        <SearchField label={en.deployments.search} value={search} onChange={setSearch} />
      </div>
      <List
        of={list}
        label={en.deployments.title}
        rowId={(deployment) => deployment.id}
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
    </DeployPage>
  );
}
