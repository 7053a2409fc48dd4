import { useEffect, useRef, useState } from 'react';
import NavigatedViewer from 'dmn-js/lib/NavigatedViewer';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn-embedded.css';
import { en } from '../text/en';
import { ErrorPanel, Loading } from '../ui/feedback';
import { Button } from '../ui/controls';

export interface DmnDiagramProps {
  xml: string;
  label: string;
  /** The key of the decision to open first; without it the requirements. */
  decisionKey?: string;
  /** Rules to point out, by id. */
  firedRules?: readonly string[];
}

interface DmnView {
  id: string;
  name: string;
  type: string;
  element: { id: string; name?: string };
}

export default function DmnDiagram({ xml, label, decisionKey, firedRules = [] }: DmnDiagramProps) {
  const frame = useRef<HTMLDivElement>(null);
  const viewer = useRef<NavigatedViewer | null>(null);
  const [views, setViews] = useState<DmnView[]>([]);
  const [active, setActive] = useState('');
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (!frame.current) return;
    const created = new NavigatedViewer({ container: frame.current });
    viewer.current = created;
    let gone = false;
    const show = async () => {
      await created.importXML(xml);
      if (gone) return;
      const all = created.getViews() as DmnView[];
      const wanted = all.find((view) => view.element.id === decisionKey) ?? all[0];
      if (wanted) await created.open(wanted);
      if (gone) return;
      setViews(all);
      setActive(wanted?.element.id ?? '');
    };
    created.on('views.changed', (event: { activeView?: DmnView }) => {
      if (!gone && event.activeView) setActive(event.activeView.element.id);
    });
    show().catch((reason: unknown) => {
      if (!gone) setError(reason);
    });
    return () => {
      gone = true;
      created.destroy();
    };
  }, [xml, decisionKey]);

  const open = (id: string) => {
    const view = views.find((candidate) => candidate.element.id === id);
    if (view) void viewer.current?.open(view);
  };
  // The whole row, with the annotation that dmn-js does not count to the rule.
  const fired = firedRules
    .map((rule) => `.dmn-frame tr:has(> [data-row-id="${CSS.escape(rule)}"]) > td`)
    .join(',');

  return (
    <div className="dmn" role="group" aria-label={label}>
      {fired && <style>{`${fired} { background: var(--fired) !important; font-weight: 600; }`}</style>}
      {views.length > 1 && (
        <div className="dmn-views" role="group" aria-label={en.decisions.views}>
          {views.map((view) => (
            <Button
              key={view.element.id}
              small
              look="ghost"
              aria-pressed={view.element.id === active}
              onClick={() => open(view.element.id)}
            >
              {view.type === 'drd' ? en.decisions.requirements : view.element.name || view.element.id}
            </Button>
          ))}
        </div>
      )}
      {error !== null && <ErrorPanel error={new Error(`${en.errors.diagram}: ${String(error)}`)} />}
      {!error && views.length === 0 && <Loading label={en.diagram.loading} />}
      <div className="dmn-frame" ref={frame} data-ready={views.length > 0} />
    </div>
  );
}
