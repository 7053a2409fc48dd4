import { useState } from 'react';
import { countAuthorizations, deleteAuthorization, listAuthorizations } from '../../api/admin';
import type { Authorization } from '../../api/types';
import { resourceTypes } from '../../lib/resources';
import { useList } from '../../state/list';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Badge, Button, IconButton, Select } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { AuthorizationDialog } from './authorization-dialog';
import { ConfirmDelete } from './directory';

const typeOptions = resourceTypes.map((type) => ({ id: String(type.id), label: type.name }));
const kindTones = ['neutral', 'good', 'bad'] as const;

export function Authorizations() {
  const [resource, setResource] = useParam('resource', '6');
  const [editing, setEditing] = useState<Authorization | 'new' | null>(null);
  const [deleting, setDeleting] = useState<Authorization | null>(null);
  const filter = { resourceType: resource };
  const list = useList({
    key: ['authorizations', resource],
    fetch: (part, signal) => listAuthorizations({ ...filter, ...part }, signal),
    count: (signal) => countAuthorizations(filter, signal),
    sortBy: 'resourceId',
    name: 'z',
  });
  return (
    <>
      <div className="toolbar">
        <Select
          label={en.people.resource}
          inline
          value={resource}
          options={typeOptions}
          onChange={setResource}
        />
        <Button icon="plus" onClick={() => setEditing('new')}>
          {en.people.addAuthorization}
        </Button>
      </div>
      <List
        of={list}
        label={en.people.authorizations}
        rowId={(authorization) => authorization.id}
        empty={<Empty icon="people" title={en.people.noAuthorizations} />}
        columns={[
          {
            id: 'kind',
            label: en.common.type,
            narrow: true,
            cell: (a) => <Badge tone={kindTones[a.type]}>{en.people.kinds[a.type]}</Badge>,
          },
          {
            id: 'who',
            label: en.people.who,
            cell: (a) => (
              <span className="strong">
                {a.groupId
                  ? en.people.groupName(a.groupId)
                  : a.userId === '*'
                    ? en.people.everyone
                    : a.userId}
              </span>
            ),
          },
          {
            id: 'permissions',
            label: en.people.permissions,
            cell: (a) => a.permissions.join(', '),
          },
          { id: 'resource', label: en.people.resourceId, cell: (a) => <code>{a.resourceId}</code> },
        ]}
        rowActions={(authorization) => (
          <>
            <IconButton icon="edit" label={en.common.edit} onClick={() => setEditing(authorization)} />
            <IconButton icon="trash" label={en.common.delete} onClick={() => setDeleting(authorization)} />
          </>
        )}
      />
      {editing && (
        <AuthorizationDialog
          resource={Number(resource)}
          authorization={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
      {deleting && (
        <ConfirmDelete
          what={en.people.oneAuthorization}
          remove={() => deleteAuthorization(deleting.id)}
          onClose={() => setDeleting(null)}
        />
      )}
    </>
  );
}
