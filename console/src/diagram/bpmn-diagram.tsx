import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { useResolvedTheme } from '../state/theme';
import { en } from '../text/en';
import { IconButton } from '../ui/controls';
import { ErrorPanel, Loading } from '../ui/feedback';
import { hasDiagram, withLayout, withoutColors } from './model';
import { DiagramView, type Badge, type DiagramElement } from './view';
import { useTokenDrag } from './token-drag';

export interface BpmnDiagramProps {
  xml: string;
  label: string;
  badges?: Badge[];
  /** CSS marks by element, such as `heat-3` or `added`. */
  marks?: Map<string, string[]>;
  selected?: string | null;
  onSelect?: (element: DiagramElement | null) => void;
  /** Tokens can be dragged from one element to another. */
  onMoveToken?: (from: string, to: DiagramElement) => void;
  onReady?: (view: DiagramView) => void;
  /** Shown over the diagram, at its top left. */
  overlay?: ReactNode;
}

const noBadges: Badge[] = [];
const noMarks = new Map<string, string[]>();

/** Loaded by need: see `diagram/index.tsx`. */
export default function BpmnDiagram(props: BpmnDiagramProps) {
  const {
    xml,
    label,
    badges = noBadges,
    marks = noMarks,
    selected,
    onSelect,
    onMoveToken,
    onReady,
    overlay,
  } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<DiagramView | null>(null);
  const [elements, setElements] = useState<DiagramElement[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [laidOut, setLaidOut] = useState(false);
  const theme = useResolvedTheme();
  const pickerId = useId();
  const select = useRef(onSelect);
  select.current = onSelect;
  const ready = useRef(onReady);
  ready.current = onReady;

  useEffect(() => {
    if (!frame.current) return;
    const created = new DiagramView(frame.current);
    created.onSelect((element) => select.current?.(element));
    let gone = false;
    const show = async () => {
      const drawn = hasDiagram(xml) ? xml : await withLayout(xml);
      if (gone) return;
      await created.show(theme === 'dark' ? withoutColors(drawn) : drawn);
      if (gone) return;
      setLaidOut(drawn !== xml);
      setElements(created.elements());
      setError(null);
      setView(created);
      ready.current?.(created);
    };
    show().catch((reason: unknown) => {
      if (!gone) setError(reason);
    });
    return () => {
      gone = true;
      setView(null);
      created.destroy();
    };
  }, [xml, theme]);

  const allMarks = useMemo(() => {
    if (!selected) return marks;
    const next = new Map(marks);
    next.set(selected, [...(marks.get(selected) ?? []), 'selected']);
    return next;
  }, [marks, selected]);

  useEffect(() => view?.setBadges(badges), [view, badges]);
  useEffect(() => view?.setMarks(allMarks), [view, allMarks]);
  useTokenDrag(frame, view, elements, onMoveToken);

  return (
    <div className="diagram" role="group" aria-label={label}>
      <div className="diagram-frame" ref={frame} data-ready={view !== null} />
      {!view && !error && <Loading label={en.diagram.loading} />}
      {error !== null && <ErrorPanel error={new Error(`${en.errors.diagram}: ${String(error)}`)} />}
      {overlay && <div className="diagram-overlay">{overlay}</div>}
      {laidOut && <p className="diagram-note">{en.errors.noDiagram}</p>}
      <div className="diagram-tools">
        {onSelect && elements.length > 0 && (
          <>
            <label htmlFor={pickerId} className="visually-hidden">
              {en.diagram.pick}
            </label>
            <select
              id={pickerId}
              className="diagram-pick"
              value={elements.some((element) => element.id === selected) ? (selected ?? '') : ''}
              onChange={(event) => {
                const element = elements.find(({ id }) => id === event.target.value) ?? null;
                if (element) view?.reveal(element.id);
                onSelect(element);
              }}
            >
              <option value="">{en.diagram.pick}</option>
              {elements.map((element) => (
                <option key={element.id} value={element.id}>
                  {element.name}
                </option>
              ))}
            </select>
          </>
        )}
        <IconButton icon="plus" label={en.diagram.zoomIn} onClick={() => view?.zoom(1.25)} />
        <IconButton icon="minus" label={en.diagram.zoomOut} onClick={() => view?.zoom(0.8)} />
        <IconButton icon="fit" label={en.diagram.fit} onClick={() => view?.fit()} />
      </div>
    </div>
  );
}
