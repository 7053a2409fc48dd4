import { useState } from 'react';
import { countTenants, createTenant, deleteTenant, listTenants, updateTenant } from '../../api/admin';
import type { Tenant } from '../../api/types';
import { useAction, useLive } from '../../state/queries';
import { usePaging } from '../../state/url';
import { en } from '../../text/en';
import { Button, IconButton, TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';
import { Empty } from '../../ui/feedback';
import { Pager, Table } from '../../ui/table';
import { ConfirmDelete } from './confirm-delete';

export function Tenants() {
  const paging = usePaging(25, 'tpage');
  const [editing, setEditing] = useState<Tenant | 'new' | null>(null);
  const [deleting, setDeleting] = useState<Tenant | null>(null);
  const rows = useLive(['tenants', paging.page], (signal) =>
    listTenants(
      { sortBy: 'id', sortOrder: 'asc', firstResult: paging.firstResult, maxResults: paging.size },
      signal,
    ),
  );
  const count = useLive(['tenants', 'count'], (signal) => countTenants({}, signal));
  return (
    <>
      <div className="toolbar">
        <Button icon="plus" onClick={() => setEditing('new')}>
          {en.people.addTenant}
        </Button>
      </div>
      <Table
        label={en.people.tenants}
        rows={rows}
        rowId={(tenant) => tenant.id}
        empty={<Empty icon="deployment" title={en.people.noTenants} />}
        columns={[
          { id: 'id', label: en.common.id, cell: (tenant) => <span className="strong">{tenant.id}</span> },
          { id: 'name', label: en.common.name, cell: (tenant) => tenant.name },
        ]}
        rowActions={(tenant) => (
          <>
            <IconButton
              icon="edit"
              label={`${en.common.edit} ${tenant.id}`}
              onClick={() => setEditing(tenant)}
            />
            <IconButton
              icon="trash"
              label={`${en.common.delete} ${tenant.id}`}
              onClick={() => setDeleting(tenant)}
            />
          </>
        )}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
      {editing && (
        <TenantDialog tenant={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      {deleting && (
        <ConfirmDelete
          what={deleting.id}
          remove={() => deleteTenant(deleting.id)}
          onClose={() => setDeleting(null)}
        />
      )}
    </>
  );
}

function TenantDialog({ tenant, onClose }: { tenant: Tenant | null; onClose: () => void }) {
  const [id, setId] = useState(tenant?.id ?? '');
  const [name, setName] = useState(tenant?.name ?? '');
  const save = useAction(() => (tenant ? updateTenant({ id, name }) : createTenant({ id, name })), {
    done: en.common.saved,
    onDone: onClose,
    quiet: true,
  });
  return (
    <FormDialog
      title={tenant ? tenant.id : en.people.addTenant}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
      error={save.error?.message}
    >
      <TextField label={en.common.id} value={id} onChange={setId} disabled={tenant !== null} required />
      <TextField label={en.common.name} value={name} onChange={setName} required />
    </FormDialog>
  );
}
