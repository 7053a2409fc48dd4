import { useState } from 'react';
import { countGroups, createGroup, deleteGroup, listGroups, updateGroup } from '../../api/admin';
import type { Group } from '../../api/types';
import { useList } from '../../state/list';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { TextField } from '../../ui/controls';
import { Directory } from './directory';
import { Memberships } from './memberships';

export function Groups() {
  const list = useList({
    key: ['groups'],
    fetch: listGroups,
    count: (signal) => countGroups({}, signal),
    sortBy: 'id',
    name: 'g',
  });
  return (
    <Directory
      of={list}
      label={en.people.groups}
      add={en.people.addGroup}
      empty={en.people.noGroups}
      icon="people"
      columns={[
        { id: 'name', label: en.common.name, cell: (group) => group.name },
        { id: 'type', label: en.common.type, cell: (group) => group.type },
      ]}
      edit={(group, close) => <GroupDialog group={group} onClose={close} />}
      remove={deleteGroup}
      more={[
        {
          label: en.people.tenants,
          icon: 'deployment',
          dialog: ({ id }, close) => <Memberships of="group" id={id} what="tenant" onClose={close} />,
        },
      ]}
    />
  );
}

function GroupDialog({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const [value, setValue] = useState<Group>(group ?? { id: '', name: '', type: 'WORKFLOW' });
  const set = (field: keyof Group) => (text: string) => setValue({ ...value, [field]: text });
  return (
    <ActionDialog
      title={group ? group.id : en.people.addGroup}
      action={() => (group ? updateGroup(value) : createGroup(value))}
      onClose={onClose}
    >
      <TextField
        label={en.common.id}
        value={value.id}
        onChange={set('id')}
        disabled={group !== null}
        required
      />
      <TextField label={en.common.name} value={value.name ?? ''} onChange={set('name')} required />
      <TextField label={en.common.type} value={value.type ?? ''} onChange={set('type')} />
    </ActionDialog>
  );
}
