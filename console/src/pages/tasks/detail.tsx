import { useMemo } from 'react';
import { completeTask, getTask, submitTaskForm, taskForm } from '../../api/tasks';
import { getDefinitionXml } from '../../api/processes';
import type { Task, VariableValue } from '../../api/types';
import { BpmnDiagram } from '../../diagram';
import { FormHost } from '../../forms/form-host';
import { useAction, useFixed, useLive } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { IconButton } from '../../ui/controls';
import { Answer } from '../../ui/feedback';
import { Tabs } from '../../ui/tabs';
import { DefinitionLink, InstanceLink } from '../links';
import { OperationTable } from '../audit/operation-table';
import { Attachments } from './attachments';
import { Comments } from './comments';
import { IdentityLinks } from './identity-links';
import { TaskMeta } from './meta';

export function TaskDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const task = useLive(['task', id], () => getTask(id));
  const [tab, setTab] = useParam('tab', 'form');
  return (
    <Answer of={task}>
      {(data) => (
        <article className="task" aria-label={data.name ?? data.id}>
          <header className="task-head">
            <div>
              <h2>{data.name || data.taskDefinitionKey || data.id}</h2>
              <p className="muted">
                {data.processDefinitionId && <DefinitionLink id={data.processDefinitionId} />}
                {data.processInstanceId && (
                  <>
                    {' · '}
                    <InstanceLink id={data.processInstanceId} />
                  </>
                )}
              </p>
            </div>
            <IconButton icon="close" label={en.common.close} onClick={onClose} />
          </header>
          {data.description && <p className="task-description">{data.description}</p>}
          <TaskMeta task={data} />
          <Tabs
            label={en.tasks.detail}
            active={tab}
            onChange={setTab}
            tabs={[
              { id: 'form', label: en.tasks.form, content: () => <TaskForm task={data} onDone={onClose} /> },
              { id: 'diagram', label: en.tasks.diagram, content: () => <TaskDiagram task={data} /> },
              { id: 'comments', label: en.tasks.comments, content: () => <Comments task={data} /> },
              { id: 'attachments', label: en.tasks.attachments, content: () => <Attachments task={data} /> },
              { id: 'people', label: en.tasks.people, content: () => <IdentityLinks task={data} /> },
              {
                id: 'history',
                label: en.tasks.history,
                content: () => <OperationTable filter={{ taskId: id }} />,
              },
            ]}
          />
        </article>
      )}
    </Answer>
  );
}

function TaskForm({ task, onDone }: { task: Task; onDone: () => void }) {
  const source = useMemo(() => taskForm(task.id), [task.id]);
  // A task of no process has no form the engine could submit.
  const send = (variables: Record<string, VariableValue>) =>
    task.processDefinitionId ? submitTaskForm(task.id, variables) : completeTask(task.id, variables);
  const complete = useAction(send, { done: en.tasks.completed, onDone });
  return (
    <FormHost
      id={`task-${task.id}`}
      source={source}
      submit={en.tasks.complete}
      busy={complete.isPending}
      disabled={task.suspended}
      onSubmit={(variables) => complete.mutate(variables)}
    />
  );
}

function TaskDiagram({ task }: { task: Task }) {
  const definition = task.processDefinitionId;
  const xml = useFixed(
    ['definition', definition, 'xml'],
    () => getDefinitionXml(definition ?? ''),
    definition !== null,
  );
  const key = task.taskDefinitionKey;
  const badges = useMemo(
    () => (key ? [{ elementId: key, kind: 'token' as const, text: '1', title: en.diagram.tokens(1) }] : []),
    [key],
  );
  if (!definition) return <p className="muted">{en.tasks.standalone}</p>;
  return (
    <div className="diagram-box">
      <Answer of={xml}>
        {(model) => <BpmnDiagram xml={model} label={en.tasks.diagram} badges={badges} selected={key} />}
      </Answer>
    </div>
  );
}
