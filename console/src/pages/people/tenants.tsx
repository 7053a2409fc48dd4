import { useState } from 'react';
import { countTenants, createTenant, deleteTenant, listTenants, updateTenant } from '../../api/admin';
import type { Tenant } from '../../api/types';
import { useList } from '../../state/list';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { TextField } from '../../ui/controls';
import { Directory } from './directory';

export function Tenants() {
  const list = useList({
    key: ['tenants'],
    fetch: listTenants,
    count: (signal) => countTenants({}, signal),
    sortBy: 'id',
    name: 't',
  });
  return (
    <Directory
      of={list}
      label={en.people.tenants}
      add={en.people.addTenant}
      empty={en.people.noTenants}
      icon="deployment"
      columns={[{ id: 'name', label: en.common.name, cell: (tenant) => tenant.name }]}
      edit={(tenant, close) => <TenantDialog tenant={tenant} onClose={close} />}
      remove={deleteTenant}
    />
  );
}

function TenantDialog({ tenant, onClose }: { tenant: Tenant | null; onClose: () => void }) {
  const [id, setId] = useState(tenant?.id ?? '');
  const [name, setName] = useState(tenant?.name ?? '');
  return (
    <ActionDialog
      title={tenant ? tenant.id : en.people.addTenant}
      action={() => (tenant ? updateTenant({ id, name }) : createTenant({ id, name }))}
      onClose={onClose}
    >
      <TextField label={en.common.id} value={id} onChange={setId} disabled={tenant !== null} required />
      <TextField label={en.common.name} value={name} onChange={setName} required />
    </ActionDialog>
  );
}
