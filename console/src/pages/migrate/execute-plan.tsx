import { useState } from 'react';
import { useNavigate } from 'react-router';
import { migrateAsync, validatePlan } from '../../api/admin';
import { ApiError } from '../../api/http';
import type { MigrationPlan, MigrationReport } from '../../api/types';
import { formatNumber } from '../../lib/format';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button } from '../../ui/controls';
import { ErrorPanel } from '../../ui/feedback';
import { Card } from '../../ui/page';
import { SkipOptions, skipNothing } from '../instance/skip-options';
import type { PlanTarget } from '../instances/batch-bar';

export function ExecutePlan({ plan, selection }: { plan: MigrationPlan; selection: PlanTarget }) {
  const navigate = useNavigate();
  const [skips, setSkips] = useState(skipNothing);
  const validate = useAction(() => validatePlan(plan), { quiet: true });
  const execute = useAction(
    () =>
      migrateAsync({
        migrationPlan: plan,
        ...skips,
        ...(selection.ids
          ? { processInstanceIds: selection.ids }
          : { processInstanceQuery: selection.runtimeQuery }),
      }),
    {
      done: en.instances.created,
      quiet: true,
      onDone: (batch) => void navigate(`/batches?batch=${encodeURIComponent(batch.id)}`),
    },
  );
  const report = (validate.data ?? reportOf(execute.error)) as MigrationReport | undefined;
  const failures = report?.instructionReports.filter((entry) => entry.failures.length > 0) ?? [];
  return (
    <Card title={en.migrate.execute}>
      <div className="stack">
        <SkipOptions value={skips} onChange={setSkips} />
        {validate.isSuccess && failures.length === 0 && <p className="note note-good">{en.migrate.valid}</p>}
        {failures.map((entry, index) => (
          <p key={index} className="field-error" role="alert">
            {entry.instruction.sourceActivityIds.join(', ')}: {entry.failures.join(' ')}
          </p>
        ))}
        {execute.error && failures.length === 0 && <ErrorPanel error={execute.error} />}
        <div className="form-actions">
          <Button icon="check" busy={validate.isPending} onClick={() => validate.mutate(undefined)}>
            {en.migrate.validate}
          </Button>
          <Button
            look="primary"
            icon="migrate"
            busy={execute.isPending}
            disabled={selection.count === 0}
            onClick={() => execute.mutate(undefined)}
          >
            {en.migrate.run(formatNumber(selection.count))}
          </Button>
        </div>
      </div>
    </Card>
  );
}

const reportOf = (error: Error | null): unknown =>
  error instanceof ApiError ? error.body.validationReport : undefined;
