import { useCallback, useEffect, useMemo, useState } from 'react';
import { countFilter, countTasks, deleteFilter, listFilters, queryTasks, runFilter } from '../../api/tasks';
import type { Task, TaskFilter } from '../../api/types';
import { taskFields } from '../../lib/filter-fields';
import { taskQuery } from '../../lib/filters';
import { isTyping } from '../../shell/shortcuts';
import { useList } from '../../state/list';
import { useAction, useLive } from '../../state/queries';
import { useSession } from '../../state/session';
import { useCriteria, useParam } from '../../state/url';
import { en } from '../../text/en';
import { Button, IconButton, Select } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';
import { FilterBar } from '../../ui/filter-bar';
import { Page } from '../../ui/page';
import { Pager } from '../../ui/table';
import { SaveFilterDialog } from './save-filter';
import { TaskDetail } from './detail';
import { TaskList } from './list';
import { views } from './views';

const orders = {
  'created.desc': en.tasks.orders.newest,
  'created.asc': en.tasks.orders.oldest,
  'dueDate.asc': en.tasks.orders.due,
  'followUpDate.asc': en.tasks.orders.followUp,
  'priority.desc': en.tasks.orders.priority,
  'name.asc': en.tasks.orders.name,
};
const orderOptions = Object.entries(orders).map(([id, label]) => ({ id, label }));

export default function Tasks() {
  const { user } = useSession();
  const [view, setView] = useParam('view', user ? 'candidate' : 'all');
  const [selected, setSelected] = useParam('task');
  const [order, setOrder] = useParam('order', 'created.desc');
  const [criteria, setCriteria] = useCriteria();
  const [saving, setSaving] = useState(false);
  const filters = useLive(['filters'], listFilters);
  const available = useMemo(() => views(user), [user]);
  const saved = filters.data?.find((filter) => filter.id === view);
  const base = available.find((candidate) => candidate.id === view)?.base;

  const query = taskQuery(criteria, base ?? {});
  const [sortBy, sortOrder] = order.split('.');
  const { rows, count, paging } = useList({
    key: ['tasks', view, JSON.stringify(query), order],
    // The order a saved filter has of its own is the one it was saved for.
    fetch: (page, signal) =>
      saved
        ? runFilter(saved.id, query, page, signal)
        : queryTasks({ ...query, sorting: [{ sortBy, sortOrder }] }, page, signal),
    count: (signal) => (saved ? countFilter(saved.id, query, signal) : countTasks(query, signal)),
    size: 20,
  });
  useListKeys(rows.data, selected, setSelected);
  const closeDetail = useCallback(() => setSelected(null), [setSelected]);

  return (
    <Page title={en.tasks.title}>
      <div className="toolbar">
        <ViewSwitch view={view} user={user} filters={filters.data ?? []} onView={setView} />
        <FilterBar fields={taskFields} criteria={criteria} onChange={setCriteria} />
        {criteria.length > 0 && (
          <Button small look="ghost" icon="check" onClick={() => setSaving(true)}>
            {en.tasks.saveFilter}
          </Button>
        )}
        <span className="spacer" />
        <Select
          label={en.tasks.order}
          inline
          value={order}
          options={orderOptions}
          onChange={setOrder}
          disabled={!!saved}
        />
      </div>
      <div className={selected ? 'task-layout task-open' : 'task-layout'}>
        <section className="task-list" aria-label={en.tasks.list}>
          <Answer of={rows}>
            {(tasks) =>
              tasks.length === 0 ? (
                <Empty icon="task" title={en.tasks.empty} />
              ) : (
                <TaskList tasks={tasks} selected={selected} onSelect={setSelected} />
              )
            }
          </Answer>
          <Pager paging={paging} count={count} shown={rows.data?.length ?? 0} />
        </section>
        <section className="task-detail" aria-label={en.tasks.detail}>
          {selected ? (
            <TaskDetail key={selected} id={selected} onClose={closeDetail} />
          ) : (
            <Empty icon="task" title={en.tasks.pick} />
          )}
        </section>
      </div>
      {saving && (
        <SaveFilterDialog
          query={query}
          onClose={() => setSaving(false)}
          onSaved={(filter) => {
            setCriteria([]);
            setView(filter.id);
          }}
        />
      )}
    </Page>
  );
}

interface ViewSwitchProps {
  view: string;
  user: string;
  filters: TaskFilter[];
  onView: (view: string) => void;
}

function ViewSwitch({ view, user, filters, onView }: ViewSwitchProps) {
  const saved = filters.find((filter) => filter.id === view);
  const remove = useAction((filter: TaskFilter) => deleteFilter(filter.id), {
    done: en.common.deleted,
    onDone: () => onView('all'),
  });
  return (
    <>
      <div className="segments" role="group" aria-label={en.tasks.view}>
        {views(user).map((candidate) => (
          <button
            key={candidate.id}
            type="button"
            aria-pressed={candidate.id === view}
            disabled={candidate.needsUser && !user}
            title={candidate.needsUser && !user ? en.nav.nobody : undefined}
            onClick={() => onView(candidate.id)}
          >
            {candidate.label}
          </button>
        ))}
      </div>
      {filters.length > 0 && (
        <Select
          label={en.tasks.savedFilters}
          inline
          value={saved ? view : ''}
          options={[
            { id: '', label: en.tasks.savedFilters },
            ...filters.map(({ id, name }) => ({ id, label: name })),
          ]}
          onChange={(id) => onView(id || 'all')}
        />
      )}
      {saved && (
        <IconButton
          icon="trash"
          label={en.tasks.deleteFilter(saved.name)}
          onClick={() => remove.mutate(saved)}
        />
      )}
    </>
  );
}

/** `j` and `k` walk through the list. */
function useListKeys(tasks: Task[] | undefined, selected: string, select: (id: string) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!tasks?.length || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key !== 'j' && event.key !== 'k') return;
      if (document.querySelector('dialog[open]')) return;
      const index = tasks.findIndex((task) => task.id === selected);
      const next = event.key === 'j' ? Math.min(tasks.length - 1, index + 1) : Math.max(0, index - 1);
      select(tasks[next]!.id);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [tasks, selected, select]);
}
