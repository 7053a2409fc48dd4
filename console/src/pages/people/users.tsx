import { useState } from 'react';
import { countUsers, createUser, deleteUser, listUsers, setPassword, updateUser } from '../../api/admin';
import type { User } from '../../api/types';
import { useList } from '../../state/list';
import { useSession } from '../../state/session';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { TextField } from '../../ui/controls';
import { Directory } from './directory';
import { Memberships } from './memberships';

export function Users() {
  const list = useList({
    key: ['users'],
    fetch: listUsers,
    count: (signal) => countUsers({}, signal),
    sortBy: 'userId',
    name: 'u',
  });
  return (
    <Directory
      of={list}
      label={en.people.users}
      add={en.people.addUser}
      empty={en.people.noUsers}
      icon="people"
      columns={[
        {
          id: 'name',
          label: en.common.name,
          cell: (user) => [user.firstName, user.lastName].filter(Boolean).join(' '),
        },
        { id: 'email', label: en.people.email, cell: (user) => user.email },
      ]}
      edit={(user, close) => <UserDialog user={user} onClose={close} />}
      remove={deleteUser}
      more={[
        {
          label: en.people.password,
          icon: 'gear',
          dialog: (user, close) => <PasswordDialog user={user} onClose={close} />,
        },
        {
          label: en.people.groups,
          icon: 'people',
          dialog: ({ id }, close) => <Memberships of="user" id={id} what="group" onClose={close} />,
        },
        {
          label: en.people.tenants,
          icon: 'deployment',
          dialog: ({ id }, close) => <Memberships of="user" id={id} what="tenant" onClose={close} />,
        },
      ]}
    />
  );
}

const nobody: User = { id: '', firstName: '', lastName: '', email: '' };

function UserDialog({ user, onClose }: { user: User | null; onClose: () => void }) {
  const [profile, setProfile] = useState<User>(user ?? nobody);
  const [password, setPasswordText] = useState('');
  const set = (field: keyof User) => (value: string) => setProfile({ ...profile, [field]: value });
  return (
    <ActionDialog
      title={user ? en.people.profile : en.people.addUser}
      action={() => (user ? updateUser(profile) : createUser(profile, password))}
      onClose={onClose}
    >
      <TextField
        label={en.common.id}
        value={profile.id}
        onChange={set('id')}
        disabled={user !== null}
        required
      />
      {!user && (
        <TextField
          label={en.login.password}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={setPasswordText}
          required
        />
      )}
      <TextField label={en.people.firstName} value={profile.firstName ?? ''} onChange={set('firstName')} />
      <TextField label={en.people.lastName} value={profile.lastName ?? ''} onChange={set('lastName')} />
      <TextField label={en.people.email} type="email" value={profile.email ?? ''} onChange={set('email')} />
    </ActionDialog>
  );
}

function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { status } = useSession();
  const [password, setText] = useState('');
  const [own, setOwn] = useState('');
  return (
    <ActionDialog
      title={en.people.passwordOf(user.id)}
      action={() => setPassword(user.id, password, own)}
      onClose={onClose}
    >
      {status === 'signed-in' && (
        <TextField
          label={en.people.ownPassword}
          type="password"
          autoComplete="current-password"
          value={own}
          onChange={setOwn}
          required
        />
      )}
      <TextField
        label={en.people.newPassword}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setText}
        required
      />
    </ActionDialog>
  );
}
