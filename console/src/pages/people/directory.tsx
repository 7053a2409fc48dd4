import { useState, type ReactNode } from 'react';
import type { Listed } from '../../state/list';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Button } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import type { IconName } from '../../ui/icon';
import { Menu } from '../../ui/menu';
import { List, type Column } from '../../ui/table';

interface Entry {
  id: string;
}

interface DirectoryProps<T> {
  of: Listed<T>;
  label: string;
  add: string;
  empty: string;
  icon: IconName;
  columns: Column<T>[];
  /** The dialog that edits an entry, or adds one. */
  edit: (entry: T | null, onClose: () => void) => ReactNode;
  remove: (id: string) => Promise<unknown>;
  /** What else can be done with an entry, by a dialog of its own. */
  more?: { label: string; icon: IconName; dialog: (entry: T, onClose: () => void) => ReactNode }[];
}

/** Users, groups, tenants: entries that are added, edited and deleted. */
export function Directory<T extends Entry>(props: DirectoryProps<T>) {
  const { of, label, add, empty, icon, columns, edit, remove, more = [] } = props;
  const [dialog, setDialog] = useState<ReactNode>(null);
  const close = () => setDialog(null);
  const confirm = ({ id }: T) => <ConfirmDelete what={id} remove={() => remove(id)} onClose={close} />;
  return (
    <>
      <div className="toolbar">
        <Button icon="plus" onClick={() => setDialog(edit(null, close))}>
          {add}
        </Button>
      </div>
      <List
        of={of}
        label={label}
        rowId={(entry) => entry.id}
        empty={<Empty icon={icon} title={empty} />}
        columns={[
          { id: 'id', label: en.common.id, cell: ({ id }) => <span className="strong">{id}</span> },
          ...columns,
        ]}
        rowActions={(entry) => (
          <Menu
            compact
            label={en.people.actionsFor(entry.id)}
            items={[
              { label: en.common.edit, icon: 'edit', onSelect: () => setDialog(edit(entry, close)) },
              ...more.map((item) => ({
                label: item.label,
                icon: item.icon,
                onSelect: () => setDialog(item.dialog(entry, close)),
              })),
              {
                label: en.common.delete,
                icon: 'trash',
                danger: true,
                onSelect: () => setDialog(confirm(entry)),
              },
            ]}
          />
        )}
      />
      {dialog}
    </>
  );
}

interface ConfirmDeleteProps {
  what: string;
  remove: () => Promise<unknown>;
  onClose: () => void;
}

export const ConfirmDelete = ({ what, remove, onClose }: ConfirmDeleteProps) => (
  <ActionDialog
    title={en.people.deleteTitle(what)}
    submit={en.common.delete}
    done={en.common.deleted}
    danger
    action={remove}
    onClose={onClose}
  >
    <p>{en.people.deleteText}</p>
  </ActionDialog>
);
