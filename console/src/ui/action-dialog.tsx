import type { ReactNode } from 'react';
import { useAction } from '../state/queries';
import { en } from '../text/en';
import { FormDialog } from './dialog';

interface ActionDialogProps {
  title: string;
  /** What is sent; what the server says against it is shown in the dialog. */
  action: () => Promise<unknown>;
  onClose: () => void;
  /** After success; the dialog closes by itself. */
  onDone?: () => void;
  submit?: string;
  done?: string;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

/** A dialog that does one thing and closes when it is done. By default it saves. */
export function ActionDialog({
  action,
  onDone,
  submit = en.common.save,
  done = en.common.saved,
  children,
  ...dialog
}: ActionDialogProps) {
  const run = useAction(action, {
    done,
    quiet: true,
    onDone: () => {
      dialog.onClose();
      onDone?.();
    },
  });
  return (
    <FormDialog
      {...dialog}
      submit={submit}
      onSubmit={() => run.mutate(undefined)}
      busy={run.isPending}
      error={run.error?.message}
    >
      {children}
    </FormDialog>
  );
}
