import { useState, type FormEvent } from 'react';
import { addTaskComment, taskComments } from '../../api/tasks';
import type { Task } from '../../api/types';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button, Field, Time } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';

export function Comments({ task }: { task: Task }) {
  const [text, setText] = useState('');
  const comments = useLive(['task', task.id, 'comments'], () => taskComments(task.id));
  const add = useAction(() => addTaskComment(task.id, text.trim(), task.processInstanceId), {
    onDone: () => setText(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) add.mutate(undefined);
  };
  return (
    <div className="stack">
      <Answer of={comments}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon="comment" title={en.tasks.noComments} />
          ) : (
            <ul className="comments">
              {list.map((comment) => (
                <li key={comment.id}>
                  <p className="muted">
                    {comment.userId ?? en.audit.nobody} · <Time value={comment.time} />
                  </p>
                  <p className="comment-text">{comment.message}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <form onSubmit={submit} className="stack">
        <Field label={en.tasks.comment}>
          {(props) => (
            <textarea {...props} rows={3} value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
        <div className="form-actions">
          <Button type="submit" icon="comment" busy={add.isPending} disabled={text.trim() === ''}>
            {en.tasks.addComment}
          </Button>
        </div>
      </form>
    </div>
  );
}
