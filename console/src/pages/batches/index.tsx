import { useEffect, useRef, useState } from 'react';
import {
  batchOfJob,
  countBatches,
  countHistoricBatches,
  deleteBatch,
  failedBatchJobs,
  listBatches,
  listHistoricBatches,
  retryJobDefinition,
  suspendBatch,
} from '../../api/admin';
import type { BatchStatistics, HistoricBatch } from '../../api/types';
import { formatDuration, formatNumber, humanize, parseDate } from '../../lib/format';
import { useAction, useFixed, useLive } from '../../state/queries';
import { useList } from '../../state/list';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Badge, Button, Checkbox, CopyId, Time } from '../../ui/controls';
import { Answer, Empty, Progress } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Card, Page } from '../../ui/page';
import { List, Pager } from '../../ui/table';

export default function Batches() {
  return (
    <Page title={en.batches.title}>
      <RunningBatches />
      <Card title={en.batches.finished}>
        <FinishedBatches />
      </Card>
    </Page>
  );
}

function RunningBatches() {
  const current = useCurrent();
  const { rows, count, paging } = useList({
    key: ['batches'],
    fetch: listBatches,
    count: (signal) => countBatches({}, signal),
    sortBy: 'batchId',
    sortOrder: 'desc',
    size: 10,
  });
  return (
    <section aria-label={en.batches.running} className="stack">
      <Answer of={rows}>
        {(batches) =>
          batches.length === 0 ? (
            <Empty icon="batch" title={en.batches.empty}>
              {en.batches.emptyHint}
            </Empty>
          ) : (
            <ul className="batch-list">
              {batches.map((batch) => (
                <BatchCard key={batch.id} batch={batch} current={batch.id === current} />
              ))}
            </ul>
          )
        }
      </Answer>
      <Pager paging={paging} count={count} shown={rows.data?.length ?? 0} />
    </section>
  );
}

/** The batch that the address names, by its id or by that of a job that is for it. */
function useCurrent(): string | null {
  const [batch] = useParam('batch');
  const [job] = useParam('job');
  const ofJob = useFixed(['job', job, 'batch'], () => batchOfJob(job), job !== '');
  return batch || ofJob.data || null;
}

function BatchCard({ batch, current }: { batch: BatchStatistics; current: boolean }) {
  const [deleting, setDeleting] = useState(false);
  const suspend = useAction(() => suspendBatch(batch.id, !batch.suspended), { done: en.processes.done });
  const retry = useAction(() => retryJobDefinition(batch.batchJobDefinitionId, 1), {
    done: en.instance.retried,
  });
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) card.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <li
      ref={card}
      aria-current={current || undefined}
      className={current ? 'card batch-card batch-current' : 'card batch-card'}
    >
      <div className="batch-head">
        <strong>{humanize(batch.type)}</strong>
        {batch.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>}
        <CopyId id={batch.id} />
        <span className="spacer" />
        {batch.failedJobs > 0 && (
          <Button small icon="retry" busy={retry.isPending} onClick={() => retry.mutate(undefined)}>
            {en.batches.retryFailed}
          </Button>
        )}
        <Menu
          compact
          label={en.batches.actions(humanize(batch.type))}
          items={[
            {
              label: batch.suspended ? en.processes.resume : en.processes.suspend,
              icon: batch.suspended ? 'play' : 'pause',
              onSelect: () => suspend.mutate(undefined),
            },
            { label: en.common.delete, icon: 'trash', danger: true, onSelect: () => setDeleting(true) },
          ]}
        />
      </div>
      <Progress
        value={batch.completedJobs}
        failed={batch.failedJobs}
        max={batch.totalJobs}
        label={en.batches.progress(humanize(batch.type))}
      />
      <p className="batch-numbers">
        <span>{en.batches.done(formatNumber(batch.completedJobs), formatNumber(batch.totalJobs))}</span>
        {batch.failedJobs > 0 && (
          <span className="bad">{en.batches.failed(formatNumber(batch.failedJobs))}</span>
        )}
        <span className="muted">{en.batches.size(batch.invocationsPerBatchJob)}</span>
        {batch.startTime && (
          <span className="muted">
            <Time value={batch.startTime} /> {batch.createUserId && en.instance.by(batch.createUserId)}
          </span>
        )}
      </p>
      {batch.failedJobs > 0 && <FailedJobs jobDefinitionId={batch.batchJobDefinitionId} />}
      {deleting && <DeleteDialog id={batch.id} onClose={() => setDeleting(false)} />}
    </li>
  );
}

function FailedJobs({ jobDefinitionId }: { jobDefinitionId: string }) {
  const jobs = useLive(['batch', jobDefinitionId, 'failed'], () => failedBatchJobs(jobDefinitionId));
  return (
    <ul className="batch-failures">
      {jobs.data?.map((job) => (
        <li key={job.id}>
          <code>{job.id}</code> {job.exceptionMessage}
        </li>
      ))}
    </ul>
  );
}

function DeleteDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [cascade, setCascade] = useState(false);
  return (
    <ActionDialog
      title={en.batches.deleteTitle}
      submit={en.common.delete}
      done={en.common.deleted}
      danger
      action={() => deleteBatch(id, cascade)}
      onClose={onClose}
    >
      <p>{en.batches.deleteText}</p>
      <Checkbox label={en.batches.cascade} checked={cascade} onChange={setCascade} />
    </ActionDialog>
  );
}

function FinishedBatches() {
  const completed = { completed: true };
  const list = useList({
    key: ['batches', 'history'],
    fetch: (part, signal) => listHistoricBatches({ ...completed, ...part }, signal),
    count: (signal) => countHistoricBatches(completed, signal),
    sortBy: 'endTime',
    sortOrder: 'desc',
    size: 10,
    name: 'done',
  });
  return (
    <List
      of={list}
      label={en.batches.finished}
      rowId={(batch) => batch.id}
      empty={<Empty icon="batch" title={en.batches.noneFinished} />}
      columns={[
        {
          id: 'type',
          label: en.common.type,
          cell: (batch) => <span className="strong">{humanize(batch.type)}</span>,
        },
        {
          id: 'jobs',
          label: en.batches.jobs,
          narrow: true,
          align: 'end',
          cell: (b) => formatNumber(b.totalJobs),
        },
        {
          id: 'user',
          label: en.audit.user,
          cell: (batch) => batch.createUserId ?? <span className="muted">–</span>,
        },
        { id: 'ended', label: en.instances.ended, cell: (batch) => <Time value={batch.endTime} /> },
        {
          id: 'duration',
          label: en.instances.duration,
          narrow: true,
          align: 'end',
          cell: (batch) => took(batch),
        },
        { id: 'id', label: en.common.id, narrow: true, cell: (batch) => <CopyId id={batch.id} /> },
      ]}
    />
  );
}

const took = ({ startTime, endTime }: HistoricBatch) =>
  endTime ? formatDuration(parseDate(endTime).getTime() - parseDate(startTime).getTime()) : '–';
