import { useState } from 'react';
import { countUsers, createUser, deleteUser, listUsers, setPassword, updateUser } from '../../api/admin';
import type { User } from '../../api/types';
import { useAction, useLive } from '../../state/queries';
import { useSession } from '../../state/session';
import { usePaging } from '../../state/url';
import { en } from '../../text/en';
import { Button, TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';
import { Empty } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Pager, Table } from '../../ui/table';
import { ConfirmDelete } from './confirm-delete';
import { Memberships } from './memberships';

type Open = { kind: 'edit' | 'password' | 'groups' | 'tenants' | 'delete'; user: User } | { kind: 'new' };

export function Users() {
  const paging = usePaging(25, 'upage');
  const [open, setOpen] = useState<Open | null>(null);
  const rows = useLive(['users', paging.page], (signal) =>
    listUsers(
      { sortBy: 'userId', sortOrder: 'asc', firstResult: paging.firstResult, maxResults: paging.size },
      signal,
    ),
  );
  const count = useLive(['users', 'count'], (signal) => countUsers({}, signal));
  const close = () => setOpen(null);
  return (
    <>
      <div className="toolbar">
        <Button icon="plus" onClick={() => setOpen({ kind: 'new' })}>
          {en.people.addUser}
        </Button>
      </div>
      <Table
        label={en.people.users}
        rows={rows}
        rowId={(user) => user.id}
        empty={<Empty icon="people" title={en.people.noUsers} />}
        columns={[
          { id: 'id', label: en.common.id, cell: (user) => <span className="strong">{user.id}</span> },
          {
            id: 'name',
            label: en.common.name,
            cell: (user) => [user.firstName, user.lastName].filter(Boolean).join(' '),
          },
          { id: 'email', label: en.people.email, cell: (user) => user.email },
        ]}
        rowActions={(user) => (
          <Menu
            compact
            label={en.people.actionsFor(user.id)}
            items={[
              { label: en.people.profile, icon: 'edit', onSelect: () => setOpen({ kind: 'edit', user }) },
              {
                label: en.people.password,
                icon: 'gear',
                onSelect: () => setOpen({ kind: 'password', user }),
              },
              { label: en.people.groups, icon: 'people', onSelect: () => setOpen({ kind: 'groups', user }) },
              {
                label: en.people.tenants,
                icon: 'deployment',
                onSelect: () => setOpen({ kind: 'tenants', user }),
              },
              {
                label: en.common.delete,
                icon: 'trash',
                danger: true,
                onSelect: () => setOpen({ kind: 'delete', user }),
              },
            ]}
          />
        )}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
      {open?.kind === 'new' && <UserDialog user={null} onClose={close} />}
      {open?.kind === 'edit' && <UserDialog user={open.user} onClose={close} />}
      {open?.kind === 'password' && <PasswordDialog user={open.user} onClose={close} />}
      {open?.kind === 'groups' && <Memberships of="user" id={open.user.id} what="group" onClose={close} />}
      {open?.kind === 'tenants' && <Memberships of="user" id={open.user.id} what="tenant" onClose={close} />}
      {open?.kind === 'delete' && (
        <ConfirmDelete what={open.user.id} remove={() => deleteUser(open.user.id)} onClose={close} />
      )}
    </>
  );
}

const nobody: User = { id: '', firstName: '', lastName: '', email: '' };

function UserDialog({ user, onClose }: { user: User | null; onClose: () => void }) {
  const [profile, setProfile] = useState<User>(user ?? nobody);
  const [password, setPasswordText] = useState('');
  const save = useAction(() => (user ? updateUser(profile) : createUser(profile, password)), {
    done: en.common.saved,
    onDone: onClose,
    quiet: true,
  });
  const set = (field: keyof User) => (value: string) => setProfile({ ...profile, [field]: value });
  return (
    <FormDialog
      title={user ? en.people.profile : en.people.addUser}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
      error={save.error?.message}
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
    </FormDialog>
  );
}

function PasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { status } = useSession();
  const [password, setText] = useState('');
  const [own, setOwn] = useState('');
  const save = useAction(() => setPassword(user.id, password, own), {
    done: en.common.saved,
    onDone: onClose,
    quiet: true,
  });
  return (
    <FormDialog
      title={en.people.passwordOf(user.id)}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
      error={save.error?.message}
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
    </FormDialog>
  );
}
