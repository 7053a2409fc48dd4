import { useEffect, useRef, useState } from 'react';
import type { DiagramView } from '../../diagram';

interface PlanLinesProps {
  pairs: { source: string; target: string }[];
  source: DiagramView | undefined;
  target: DiagramView | undefined;
  picked: string | null;
}

interface Line {
  key: string;
  path: string;
  strong: boolean;
}

/** Curves from each activity to the one it is mapped to, drawn over both diagrams. */
export function PlanLines({ pairs, source, target, picked }: PlanLinesProps) {
  const frame = useRef<SVGSVGElement>(null);
  const [lines, setLines] = useState<Line[]>([]);

  useEffect(() => {
    if (!source || !target || !frame.current) return;
    const svg = frame.current;
    let asked = 0;
    const draw = () => {
      const origin = svg.getBoundingClientRect();
      setLines(
        pairs.flatMap((pair, index) => {
          const from = source.boxOf(pair.source);
          const to = target.boxOf(pair.target);
          if (!from || !to) return [];
          return [{ key: pair.source, path: curve(from, to, origin, index), strong: pair.source === picked }];
        }),
      );
    };
    // Panning reports every pixel; a frame is soon enough.
    const later = () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(draw);
    };
    later();
    source.onMove(later);
    target.onMove(later);
    const observer = new ResizeObserver(later);
    observer.observe(svg);
    return () => {
      cancelAnimationFrame(asked);
      observer.disconnect();
    };
  }, [pairs, source, target, picked]);

  return (
    <svg className="plan-lines" ref={frame} aria-hidden="true">
      {lines.map((line) => (
        <path
          key={line.key}
          d={line.path}
          className={line.strong ? 'plan-line plan-line-strong' : 'plan-line'}
        />
      ))}
    </svg>
  );
}

/** From edge to edge below both, so that lines neither cross the activities in between nor cover each other. */
function curve(from: DOMRect, to: DOMRect, origin: DOMRect, index: number): string {
  const x1 = from.left + from.width / 2 - origin.left;
  const y1 = from.bottom - origin.top;
  const x2 = to.left + to.width / 2 - origin.left;
  const stacked = to.top > from.bottom + 80;
  const y2 = (stacked ? to.top : to.bottom) - origin.top;
  const depth = 46 + (index % 6) * 16;
  const bend = stacked ? (y2 - y1) / 2 : depth;
  return `M${x1},${y1} C${x1},${y1 + bend} ${x2},${y2 + (stacked ? -bend : bend)} ${x2},${y2}`;
}
