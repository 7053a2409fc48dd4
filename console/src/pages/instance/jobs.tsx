import { useState } from 'react';
import {
  countJobs,
  executeJob,
  jobLog,
  jobStacktrace,
  listJobs,
  setJobDueDate,
  setJobRetries,
  suspendJob,
} from '../../api/processes';
import { explainJob } from '../../api/tollgate';
import type { Job } from '../../api/types';
import { toEngineDate } from '../../lib/format';
import { useAction, useLive } from '../../state/queries';
import { usePaging } from '../../state/url';
import { en } from '../../text/en';
import { Badge, CopyId, TextField, Time } from '../../ui/controls';
import { Dialog, FormDialog } from '../../ui/dialog';
import { Answer, Empty } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Pager, Table } from '../../ui/table';

export function Jobs({ instanceId }: { instanceId: string }) {
  const paging = usePaging(25, 'jpage');
  const [shown, setShown] = useState<Job | null>(null);
  const [dating, setDating] = useState<Job | null>(null);
  const rows = useLive(
    ['instance', instanceId, 'job-page', paging.page],
    (signal) =>
      listJobs(
        {
          processInstanceId: instanceId,
          sortBy: 'jobDueDate',
          sortOrder: 'asc',
          firstResult: paging.firstResult,
          maxResults: paging.size,
        },
        signal,
      ),
    { instance: instanceId },
  );
  const count = useLive(
    ['instance', instanceId, 'job-count'],
    (signal) => countJobs({ processInstanceId: instanceId }, signal),
    { instance: instanceId },
  );
  const run = useAction((job: Job) => executeJob(job.id), { done: en.instance.jobRun });
  const retry = useAction((job: Job) => setJobRetries(job.id, 1), { done: en.instance.retried });
  const suspend = useAction((job: Job) => suspendJob(job.id, !job.suspended), { done: en.processes.done });

  return (
    <>
      <Table
        label={en.instance.jobs}
        rows={rows}
        rowId={(job) => job.id}
        empty={<Empty icon="clock" title={en.instance.noJobs} />}
        columns={[
          { id: 'id', label: en.common.id, narrow: true, cell: (job) => <CopyId id={job.id} /> },
          {
            id: 'due',
            label: en.instance.due,
            narrow: true,
            cell: (job) => (job.dueDate ? <Time value={job.dueDate} /> : en.instance.dueNow),
          },
          {
            id: 'retries',
            label: en.instances.retries,
            narrow: true,
            align: 'end',
            cell: (job) => (job.retries === 0 ? <Badge tone="bad">0</Badge> : job.retries),
          },
          {
            id: 'state',
            label: en.common.state,
            narrow: true,
            cell: (job) => job.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>,
          },
          {
            id: 'error',
            label: en.incidents.message,
            cell: (job) =>
              job.exceptionMessage && (
                <button type="button" className="link clip" onClick={() => setShown(job)}>
                  {job.exceptionMessage}
                </button>
              ),
          },
          {
            id: 'created',
            label: en.filters.created,
            narrow: true,
            cell: (job) => <Time value={job.createTime} />,
          },
        ]}
        rowActions={(job) => (
          <Menu
            compact
            label={en.instance.jobActions(job.id)}
            items={[
              { label: en.instance.runNow, icon: 'play', onSelect: () => run.mutate(job) },
              { label: en.instance.retry, icon: 'retry', onSelect: () => retry.mutate(job) },
              { label: en.instance.changeDue, icon: 'clock', onSelect: () => setDating(job) },
              {
                label: job.suspended ? en.instance.resume : en.instance.suspend,
                icon: job.suspended ? 'play' : 'pause',
                onSelect: () => suspend.mutate(job),
              },
              { label: en.explain.title, icon: 'question', onSelect: () => setShown(job) },
            ]}
          />
        )}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
      {shown && <JobDialog job={shown} onClose={() => setShown(null)} />}
      {dating && <DueDialog job={dating} onClose={() => setDating(null)} />}
    </>
  );
}

function JobDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const explanation = useLive(['job', job.id, 'explain'], () => explainJob(job.id), { slow: 60_000 });
  const stack = useLive(['job', job.id, 'stack'], () => jobStacktrace(job.id), {
    slow: 60_000,
    enabled: job.exceptionMessage !== null,
  });
  return (
    <Dialog title={en.instance.job(job.id)} onClose={onClose} wide>
      <div className="dialog-body">
        {explanation.data && <p className="explain-summary">{explanation.data.summary}</p>}
        {job.exceptionMessage ? (
          <>
            <p className="incident-message">{job.exceptionMessage}</p>
            <Answer of={stack}>
              {(text) => (
                <pre className="source" tabIndex={0} aria-label={en.instance.stack}>
                  {text}
                </pre>
              )}
            </Answer>
          </>
        ) : (
          !explanation.data && (
            <p>
              {job.dueDate ? (
                <>
                  {en.instance.due}: <Time value={job.dueDate} />
                </>
              ) : (
                en.explain.jobDue
              )}
            </p>
          )
        )}
        <Attempts jobId={job.id} />
      </div>
    </Dialog>
  );
}

/** Beyond these nobody learns more. */
const shownAttempts = 10;

function Attempts({ jobId }: { jobId: string }) {
  const attempts = useLive(['job', jobId, 'attempts'], () =>
    jobLog({ jobId, failureLog: true, sortBy: 'timestamp', sortOrder: 'desc', maxResults: shownAttempts }),
  );
  if (!attempts.data?.length) return null;
  return (
    <>
      <h3>{en.instance.attempts}</h3>
      <ul className="comments">
        {attempts.data.map((attempt) => (
          <li key={attempt.id}>
            <p className="muted">
              <Time value={attempt.timestamp} /> · {en.instance.attempt(attempt.jobRetries)}
            </p>
            <p className="comment-text">{attempt.jobExceptionMessage}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

function DueDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const [due, setDue] = useState('');
  const save = useAction(() => setJobDueDate(job.id, due ? toEngineDate(new Date(due)) : null), {
    done: en.common.saved,
    onDone: onClose,
  });
  return (
    <FormDialog
      title={en.instance.changeDue}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
    >
      <TextField
        label={en.instance.due}
        type="datetime-local"
        value={due}
        onChange={setDue}
        hint={en.instance.dueHint}
      />
    </FormDialog>
  );
}
