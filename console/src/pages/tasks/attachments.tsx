import { useRef } from 'react';
import { addTaskAttachment, attachmentData, deleteTaskAttachment, taskAttachments } from '../../api/tasks';
import type { Attachment, Task } from '../../api/types';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button, IconButton, Time } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';
import { Icon } from '../../ui/icon';
import { saveBlob } from '../save-blob';

export function Attachments({ task }: { task: Task }) {
  const input = useRef<HTMLInputElement>(null);
  const attachments = useLive(['task', task.id, 'attachments'], () => taskAttachments(task.id));
  const add = useAction((file: File) => addTaskAttachment(task.id, file, ''), { done: en.tasks.attached });
  const remove = useAction((id: string) => deleteTaskAttachment(task.id, id), { done: en.common.deleted });
  const save = useAction(async ({ id, name }: Attachment) =>
    saveBlob(await attachmentData(task.id, id), name ?? id),
  );
  return (
    <div className="stack">
      <Answer of={attachments}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon="attachment" title={en.tasks.noAttachments} />
          ) : (
            <ul className="file-list">
              {list.map((attachment) => (
                <li key={attachment.id}>
                  <Icon name="attachment" />
                  {attachment.url ? (
                    <a href={safeUrl(attachment.url)} target="_blank" rel="noreferrer" className="clip">
                      {attachment.name ?? attachment.url}
                    </a>
                  ) : (
                    <button type="button" className="link clip" onClick={() => save.mutate(attachment)}>
                      {attachment.name ?? attachment.id}
                    </button>
                  )}
                  <span className="muted">
                    <Time value={attachment.createTime} />
                  </span>
                  <IconButton
                    icon="trash"
                    label={en.tasks.deleteAttachment(attachment.name ?? attachment.id)}
                    onClick={() => remove.mutate(attachment.id)}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={en.tasks.attach}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) add.mutate(file);
          event.target.value = '';
        }}
      />
      <div className="form-actions">
        <Button icon="attachment" busy={add.isPending} onClick={() => input.current?.click()}>
          {en.tasks.attach}
        </Button>
      </div>
    </div>
  );
}

/** A link somebody typed must not be able to run a script. */
const safeUrl = (url: string): string | undefined => (/^(https?:|mailto:)/i.test(url) ? url : undefined);
