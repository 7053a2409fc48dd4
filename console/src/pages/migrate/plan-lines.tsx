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
        pairs.flatMap((pair) => {
          const from = source.boxOf(pair.source);
          const to = target.boxOf(pair.target);
          if (!from || !to) return [];
          return [{ key: pair.source, path: curve(from, to, origin), strong: pair.source === picked }];
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

function curve(from: DOMRect, to: DOMRect, origin: DOMRect): string {
  const beside = to.left - from.right > 40;
  const x1 = (beside ? from.right : from.left + from.width / 2) - origin.left;
  const y1 = (beside ? from.top + from.height / 2 : from.bottom) - origin.top;
  const x2 = (beside ? to.left : to.left + to.width / 2) - origin.left;
  const y2 = (beside ? to.top + to.height / 2 : to.top) - origin.top;
  const bend = (beside ? x2 - x1 : y2 - y1) * 0.4;
  return beside
    ? `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`
    : `M${x1},${y1} C${x1},${y1 + bend} ${x2},${y2 - bend} ${x2},${y2}`;
}
