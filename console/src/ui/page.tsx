import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon } from './icon';

interface PageProps {
  title: string;
  /** Shown beside the title: badges, a version. */
  mark?: ReactNode;
  trail?: { label: string; to: string }[];
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Fills the window instead of scrolling as a whole. */
  fill?: boolean;
}

export function Page({ title, mark, trail, lead, actions, children, fill }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Tollgate`;
  }, [title]);
  return (
    <div className={fill ? 'page page-fill' : 'page'}>
      <header className="page-head">
        <div className="page-heading">
          {trail && (
            <nav className="trail" aria-label="Breadcrumb">
              {trail.map((step, index) => (
                <span key={step.to}>
                  {index > 0 && <Icon name="chevron" size={12} />}
                  <Link to={step.to}>{step.label}</Link>
                </span>
              ))}
            </nav>
          )}
          <div className="page-title">
            <h1>{title}</h1>
            {mark}
          </div>
          {lead && <div className="page-lead">{lead}</div>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Card({
  title,
  actions,
  children,
  className,
}: {
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`card ${className ?? ''}`} aria-label={title}>
      {(title || actions) && (
        <header className="card-head">
          {title && <h2>{title}</h2>}
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
