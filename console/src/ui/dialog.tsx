import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { en } from '../text/en';
import { Button, IconButton } from './controls';
import type { IconName } from './icon';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

// Of dialogs made to type in; in others the fields are not what they are for.
const firstField = ':is(.dialog-form, .palette) :is(input, select, textarea):not([tabindex="-1"], :disabled)';

/** The browser's own modal dialog: it keeps the focus inside, closes by Escape and gives the focus back. */
export function Dialog({ title, onClose, children, wide }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    const opener = document.activeElement;
    if (!dialog.open) dialog.showModal();
    // The browser would choose the close button.
    dialog.querySelector<HTMLElement>(firstField)?.focus();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div className="dialog-frame">
        <header className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={en.common.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface FormDialogProps extends DialogProps {
  submit: string;
  submitIcon?: IconName;
  onSubmit: () => void;
  busy?: boolean;
  disabled?: boolean;
  danger?: boolean;
  error?: string | null;
  extra?: ReactNode;
}

export function FormDialog({
  submit,
  submitIcon,
  onSubmit,
  busy,
  disabled,
  danger,
  error,
  extra,
  children,
  ...dialog
}: FormDialogProps) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog {...dialog}>
      <form onSubmit={send} className="dialog-form">
        <div className="dialog-body">
          {children}
          {error && (
            <p className="field-error" role="alert">
              {error}
            </p>
          )}
        </div>
        <footer className="dialog-foot">
          {extra}
          <Button onClick={dialog.onClose}>{en.common.cancel}</Button>
          <Button
            type="submit"
            look={danger ? 'danger' : 'primary'}
            icon={submitIcon}
            busy={busy}
            disabled={disabled}
          >
            {submit}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
