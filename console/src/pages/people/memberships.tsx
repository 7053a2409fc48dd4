import { useState, type FormEvent } from 'react';
import {
  addGroupMember,
  addTenantMember,
  listGroups,
  listTenants,
  removeGroupMember,
  removeTenantMember,
} from '../../api/admin';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button, IconButton, TextField } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Answer } from '../../ui/feedback';

interface MembershipsProps {
  /** Whose memberships. */
  of: 'user' | 'group';
  id: string;
  what: 'group' | 'tenant';
  onClose: () => void;
}

const shown = 200;

/** The groups of a user, or the tenants of a user or group. */
export function Memberships({ of, id, what, onClose }: MembershipsProps) {
  const [name, setName] = useState('');
  const memberships = useLive<{ id: string; name: string | null }[]>(
    ['memberships', of, id, what],
    (signal) =>
      what === 'group'
        ? listGroups({ member: id, maxResults: shown }, signal)
        : listTenants({ [of === 'user' ? 'userMember' : 'groupMember']: id, maxResults: shown }, signal),
  );
  const add = useAction(
    (target: string) => (what === 'group' ? addGroupMember(target, id) : addTenantMember(target, of, id)),
    { onDone: () => setName('') },
  );
  const remove = useAction((target: string) =>
    what === 'group' ? removeGroupMember(target, id) : removeTenantMember(target, of, id),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(name.trim());
  };
  const title = what === 'group' ? en.people.groupsOf(id) : en.people.tenantsOf(id);
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-body">
        <Answer of={memberships}>
          {(list) =>
            list.length === 0 ? (
              <p className="muted">{en.common.none}</p>
            ) : (
              <ul className="file-list">
                {list.map((entry) => (
                  <li key={entry.id}>
                    <span className="strong">{entry.id}</span>
                    <span className="muted clip">{entry.name}</span>
                    <IconButton
                      icon="close"
                      label={en.people.removeFrom(entry.id)}
                      onClick={() => remove.mutate(entry.id)}
                    />
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
        <form className="field-row field-row-end" onSubmit={submit}>
          <TextField
            label={what === 'group' ? en.people.groupId : en.people.tenantId}
            value={name}
            onChange={setName}
            required
          />
          <Button type="submit" icon="plus" busy={add.isPending} disabled={name.trim() === ''}>
            {en.common.add}
          </Button>
        </form>
      </div>
    </Dialog>
  );
}
