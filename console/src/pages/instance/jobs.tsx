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
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Badge, CopyId, TextField, Time } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Answer, Empty } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Source } from '../../ui/source';
import { List } from '../../ui/table';
import { errorColumn, retriesColumn, useListOf } from './scoped';

export function Jobs({ instanceId }: { instanceId: string }) {
  const [shown, setShown] = useState<Job | null>(null);
  const [dating, setDating] = useState<Job | null>(null);
  const list = useListOf(instanceId, {
    what: 'jobs',
    list: listJobs,
    count: countJobs,
    sortBy: 'jobDueDate',
  });
  const run = useAction((job: Job) => executeJob(job.id), { done: en.instance.jobRun });
  const retry = useAction((job: Job) => setJobRetries(job.id, 1), { done: en.instance.retried });
  const suspend = useAction((job: Job) => suspendJob(job.id, !job.suspended), { done: en.processes.done });

  return (
    <>
      <List
        of={list}
        label={en.instance.jobs}
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
          retriesColumn(),
          {
            id: 'state',
            label: en.common.state,
            narrow: true,
            cell: (job) => job.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>,
          },
          errorColumn<Job>((job) => job.exceptionMessage, setShown),
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
            <Answer of={stack}>{(text) => <Source label={en.instance.stack}>{text}</Source>}</Answer>
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
  return (
    <ActionDialog
      title={en.instance.changeDue}
      action={() => setJobDueDate(job.id, due ? toEngineDate(new Date(due)) : null)}
      onClose={onClose}
    >
      <TextField
        label={en.instance.due}
        type="datetime-local"
        value={due}
        onChange={setDue}
        hint={en.instance.dueHint}
      />
    </ActionDialog>
  );
}
