import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { FormDialog } from '../../ui/dialog';

export function ConfirmDelete({
  what,
  remove,
  onClose,
}: {
  what: string;
  remove: () => Promise<unknown>;
  onClose: () => void;
}) {
  const action = useAction(remove, { done: en.common.deleted, onDone: onClose });
  return (
    <FormDialog
      title={en.people.deleteTitle(what)}
      submit={en.common.delete}
      danger
      onSubmit={() => action.mutate(undefined)}
      onClose={onClose}
      busy={action.isPending}
    >
      <p>{en.people.deleteText}</p>
    </FormDialog>
  );
}
