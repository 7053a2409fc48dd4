import { useState } from 'react';
import { createAuthorization, updateAuthorization } from '../../api/admin';
import type { Authorization } from '../../api/types';
import { resourceType } from '../../lib/resources';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Checkbox, Select, TextField } from '../../ui/controls';

interface AuthorizationDialogProps {
  resource: number;
  authorization: Authorization | null;
  onClose: () => void;
}

const kinds = en.people.kinds.map((label, id) => ({ id: String(id), label }));
const holders = [
  { id: 'group', label: en.people.group },
  { id: 'user', label: en.people.user },
] as const;

export function AuthorizationDialog({ resource, authorization, onClose }: AuthorizationDialogProps) {
  const type = resourceType(resource);
  const [kind, setKind] = useState(String(authorization?.type ?? 1));
  const [holder, setHolder] = useState<'user' | 'group'>(authorization?.userId ? 'user' : 'group');
  const [who, setWho] = useState(authorization?.userId ?? authorization?.groupId ?? '');
  const [resourceId, setResourceId] = useState(authorization?.resourceId ?? '*');
  const [permissions, setPermissions] = useState<string[]>(authorization?.permissions ?? ['ALL']);
  const global = kind === '0';

  const save = () => {
    const value = {
      type: Number(kind) as Authorization['type'],
      permissions,
      userId: global ? '*' : holder === 'user' ? who : null,
      groupId: !global && holder === 'group' ? who : null,
      resourceType: resource,
      resourceId,
    };
    return authorization
      ? updateAuthorization({ ...value, id: authorization.id })
      : createAuthorization(value);
  };
  const toggle = (permission: string, on: boolean) => {
    const rest = permissions.filter((other) => other !== permission && other !== 'ALL' && other !== 'NONE');
    setPermissions(permission === 'ALL' ? (on ? ['ALL'] : []) : on ? [...rest, permission] : rest);
  };

  return (
    <ActionDialog
      title={`${en.people.oneAuthorization}: ${type.name}`}
      action={save}
      onClose={onClose}
      disabled={!global && who === ''}
    >
      <Select
        label={en.common.type}
        value={kind}
        options={kinds}
        onChange={setKind}
        disabled={authorization !== null}
      />
      {!global && (
        <div className="field-row">
          <Select label={en.people.who} value={holder} options={holders} onChange={setHolder} />
          <TextField label={en.common.id} value={who} onChange={setWho} required />
        </div>
      )}
      <TextField
        label={en.people.resourceId}
        value={resourceId}
        onChange={setResourceId}
        hint={en.people.resourceHint}
        required
      />
      <fieldset className="permissions">
        <legend>{en.people.permissions}</legend>
        <Checkbox label="ALL" checked={permissions.includes('ALL')} onChange={(on) => toggle('ALL', on)} />
        {type.permissions.map((permission) => (
          <Checkbox
            key={permission}
            label={permission}
            checked={permissions.includes(permission)}
            onChange={(on) => toggle(permission, on)}
          />
        ))}
      </fieldset>
    </ActionDialog>
  );
}
