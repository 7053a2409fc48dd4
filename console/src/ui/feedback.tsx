import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { ApiError } from '../api/http';
import { en } from '../text/en';
import { Button } from './controls';
import { Icon, type IconName } from './icon';

export function Empty({
  icon = 'search',
  title,
  children,
}: {
  icon?: IconName;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="empty-title">{title}</p>
      {children && <div className="empty-text">{children}</div>}
    </div>
  );
}

export function ErrorPanel({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, text } = describe(error);
  return (
    <div className="error-panel" role="alert">
      <Icon name="warning" size={20} />
      <div>
        <p className="error-title">{title}</p>
        <p className="error-text">{text}</p>
      </div>
      {retry && (
        <Button small icon="retry" onClick={retry}>
          {en.common.tryAgain}
        </Button>
      )}
    </div>
  );
}

function describe(error: unknown): { title: string; text: string } {
  if (error instanceof ApiError) {
    if (error.forbidden) return { title: en.errors.forbidden, text: error.message };
    if (error.missing) return { title: en.errors.missing, text: error.message };
    return { title: en.errors.refused, text: error.message };
  }
  return { title: en.errors.unreachable, text: error instanceof Error ? error.message : String(error) };
}

export function Loading({ label = en.common.loading }: { label?: string }) {
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{label}</span>
    </div>
  );
}

/** The three states of a question in one place. */
export function Answer<T>({
  of,
  loading,
  children,
}: {
  of: UseQueryResult<T>;
  loading?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.isError) return <ErrorPanel error={of.error} retry={() => void of.refetch()} />;
  return <>{loading ?? <Loading />}</>;
}

export function Progress({
  value,
  max,
  failed = 0,
  label,
}: {
  value: number;
  max: number;
  failed?: number;
  label: string;
}) {
  const share = (part: number) => `${max === 0 ? 100 : Math.min(100, (part / max) * 100)}%`;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
    >
      <span className="progress-done" style={{ width: share(value) }} />
      {failed > 0 && <span className="progress-failed" style={{ width: share(failed) }} />}
    </div>
  );
}
