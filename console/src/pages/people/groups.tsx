import { useState } from 'react';
import { countGroups, createGroup, deleteGroup, listGroups, updateGroup } from '../../api/admin';
import type { Group } from '../../api/types';
import { useAction, useLive } from '../../state/queries';
import { usePaging } from '../../state/url';
import { en } from '../../text/en';
import { Button, TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';
import { Empty } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Pager, Table } from '../../ui/table';
import { ConfirmDelete } from './confirm-delete';
import { Memberships } from './memberships';

type Open = { kind: 'edit' | 'tenants' | 'delete'; group: Group } | { kind: 'new' };

export function Groups() {
  const paging = usePaging(25, 'gpage');
  const [open, setOpen] = useState<Open | null>(null);
  const rows = useLive(['groups', paging.page], (signal) =>
    listGroups(
      { sortBy: 'id', sortOrder: 'asc', firstResult: paging.firstResult, maxResults: paging.size },
      signal,
    ),
  );
  const count = useLive(['groups', 'count'], (signal) => countGroups({}, signal));
  const close = () => setOpen(null);
  return (
    <>
      <div className="toolbar">
        <Button icon="plus" onClick={() => setOpen({ kind: 'new' })}>
          {en.people.addGroup}
        </Button>
      </div>
      <Table
        label={en.people.groups}
        rows={rows}
        rowId={(group) => group.id}
        empty={<Empty icon="people" title={en.people.noGroups} />}
        columns={[
          { id: 'id', label: en.common.id, cell: (group) => <span className="strong">{group.id}</span> },
          { id: 'name', label: en.common.name, cell: (group) => group.name },
          { id: 'type', label: en.common.type, cell: (group) => group.type },
        ]}
        rowActions={(group) => (
          <Menu
            compact
            label={en.people.actionsFor(group.id)}
            items={[
              { label: en.common.edit, icon: 'edit', onSelect: () => setOpen({ kind: 'edit', group }) },
              {
                label: en.people.tenants,
                icon: 'deployment',
                onSelect: () => setOpen({ kind: 'tenants', group }),
              },
              {
                label: en.common.delete,
                icon: 'trash',
                danger: true,
                onSelect: () => setOpen({ kind: 'delete', group }),
              },
            ]}
          />
        )}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
      {open?.kind === 'new' && <GroupDialog group={null} onClose={close} />}
      {open?.kind === 'edit' && <GroupDialog group={open.group} onClose={close} />}
      {open?.kind === 'tenants' && (
        <Memberships of="group" id={open.group.id} what="tenant" onClose={close} />
      )}
      {open?.kind === 'delete' && (
        <ConfirmDelete what={open.group.id} remove={() => deleteGroup(open.group.id)} onClose={close} />
      )}
    </>
  );
}

function GroupDialog({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const [value, setValue] = useState<Group>(group ?? { id: '', name: '', type: 'WORKFLOW' });
  const save = useAction(() => (group ? updateGroup(value) : createGroup(value)), {
    done: en.common.saved,
    onDone: onClose,
    quiet: true,
  });
  return (
    <FormDialog
      title={group ? group.id : en.people.addGroup}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
      error={save.error?.message}
    >
      <TextField
        label={en.common.id}
        value={value.id}
        onChange={(id) => setValue({ ...value, id })}
        disabled={group !== null}
        required
      />
      <TextField
        label={en.common.name}
        value={value.name ?? ''}
        onChange={(name) => setValue({ ...value, name })}
        required
      />
      <TextField
        label={en.common.type}
        value={value.type ?? ''}
        onChange={(type) => setValue({ ...value, type })}
      />
    </FormDialog>
  );
}
