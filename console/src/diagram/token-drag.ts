import { useEffect, useRef, type RefObject } from 'react';
import type { DiagramElement, DiagramView } from './view';

/** Below this a press is a click. */
const threshold = 4;

/** Lets a person drag the badge of a token onto another element. */
export function useTokenDrag(
  frame: RefObject<HTMLDivElement | null>,
  view: DiagramView | null,
  elements: DiagramElement[],
  onMove: ((from: string, to: DiagramElement) => void) | undefined,
): void {
  const drop = useRef(onMove);
  drop.current = onMove;
  const enabled = onMove !== undefined;

  useEffect(() => {
    const root = frame.current;
    if (!root || !view || !enabled) return;
    let end: (() => void) | null = null;

    const start = (event: PointerEvent) => {
      const badge = (event.target as Element).closest<HTMLElement>('.diagram-badge[data-kind=token]');
      const from = badge?.dataset['element'];
      if (!badge || !from || event.button !== 0) return;
      // The canvas below would start to pan.
      event.stopPropagation();
      event.preventDefault();
      const ghost = badge.cloneNode(true) as HTMLElement;
      ghost.classList.add('diagram-ghost');
      const origin = { x: event.clientX, y: event.clientY };
      let dragging = false;

      const follow = (move: PointerEvent) => {
        if (!dragging && Math.hypot(move.clientX - origin.x, move.clientY - origin.y) < threshold) return;
        if (!dragging) document.body.append(ghost);
        dragging = true;
        ghost.style.left = `${move.clientX}px`;
        ghost.style.top = `${move.clientY}px`;
        highlight(root, targetAt(move, elements));
      };
      const finish = (up: PointerEvent) => {
        end?.();
        const target = targetAt(up, elements);
        if (dragging && target && target.id !== from) drop.current?.(from, target);
      };
      end = () => {
        ghost.remove();
        highlight(root, null);
        window.removeEventListener('pointermove', follow);
        window.removeEventListener('pointerup', finish);
        end = null;
      };
      window.addEventListener('pointermove', follow);
      window.addEventListener('pointerup', finish);
    };

    const swallow = (event: Event) => {
      if ((event.target as Element).closest('.diagram-badge[data-kind=token]')) event.stopPropagation();
    };
    root.classList.add('diagram-movable');
    root.addEventListener('pointerdown', start, true);
    root.addEventListener('mousedown', swallow, true);
    return () => {
      end?.();
      root.classList.remove('diagram-movable');
      root.removeEventListener('pointerdown', start, true);
      root.removeEventListener('mousedown', swallow, true);
    };
  }, [frame, view, elements, enabled]);
}

function targetAt(event: PointerEvent, elements: DiagramElement[]): DiagramElement | null {
  for (const hit of document.elementsFromPoint(event.clientX, event.clientY)) {
    const id = hit.closest('[data-element-id]')?.getAttribute('data-element-id');
    const element = id && elements.find((candidate) => candidate.id === id);
    if (element) return element;
  }
  return null;
}

function highlight(root: HTMLElement, target: DiagramElement | null): void {
  root.querySelector('.drop-target')?.classList.remove('drop-target');
  if (target)
    root
      .querySelector(`.djs-element[data-element-id="${CSS.escape(target.id)}"]`)
      ?.classList.add('drop-target');
}
