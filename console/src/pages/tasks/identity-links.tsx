import { useState } from 'react';
import { addIdentityLink, deleteIdentityLink, identityLinks } from '../../api/tasks';
import type { IdentityLink, Task } from '../../api/types';
import { humanize } from '../../lib/format';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Button, IconButton, Select, TextField } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';
import { Icon } from '../../ui/icon';

export function IdentityLinks({ task }: { task: Task }) {
  const [adding, setAdding] = useState(false);
  const links = useLive(['task', task.id, 'links'], () => identityLinks(task.id));
  const remove = useAction((link: IdentityLink) => deleteIdentityLink(task.id, link), {
    done: en.common.deleted,
  });
  return (
    <div className="stack">
      <Answer of={links}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon="people" title={en.tasks.noPeople} />
          ) : (
            <ul className="file-list">
              {list.map((link) => {
                const who = link.userId ?? link.groupId ?? '';
                return (
                  <li key={`${link.type}-${link.userId}-${link.groupId}`}>
                    <Icon name={link.userId ? 'user' : 'people'} />
                    <span className="clip">{who}</span>
                    <span className="muted">{humanize(link.type)}</span>
                    <IconButton
                      icon="trash"
                      label={en.tasks.removePerson(who)}
                      onClick={() => remove.mutate(link)}
                    />
                  </li>
                );
              })}
            </ul>
          )
        }
      </Answer>
      <div className="form-actions">
        <Button icon="plus" onClick={() => setAdding(true)}>
          {en.tasks.addPerson}
        </Button>
      </div>
      {adding && <AddDialog task={task} onClose={() => setAdding(false)} />}
    </div>
  );
}

const kinds = [
  { id: 'groupId', label: en.tasks.group },
  { id: 'userId', label: en.tasks.user },
] as const;

function AddDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const [kind, setKind] = useState<'groupId' | 'userId'>('groupId');
  const [who, setWho] = useState('');
  return (
    <ActionDialog
      title={en.tasks.addPerson}
      submit={en.common.add}
      action={() => addIdentityLink(task.id, { [kind]: who.trim(), type: 'candidate' })}
      onClose={onClose}
      disabled={who.trim() === ''}
    >
      <Select label={en.common.type} value={kind} options={kinds} onChange={setKind} />
      <TextField label={en.common.id} value={who} onChange={setWho} required />
    </ActionDialog>
  );
}
