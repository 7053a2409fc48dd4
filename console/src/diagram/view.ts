/**
 * A BPMN diagram on the screen: a thin layer over bpmn-js that speaks of badges, marks and elements. It never changes
 * the model.
 */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import type Canvas from 'diagram-js/lib/core/Canvas';
import type ElementRegistry from 'diagram-js/lib/core/ElementRegistry';
import type EventBus from 'diagram-js/lib/core/EventBus';
import type Overlays from 'diagram-js/lib/features/overlays/Overlays';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';

export interface DiagramElement {
  id: string;
  name: string;
  /** The BPMN word, such as `UserTask`. */
  type: string;
}

export type BadgeKind = 'token' | 'incident' | 'count' | 'planned' | 'cancelled' | 'mapped' | 'problem';

export interface Badge {
  elementId: string;
  kind: BadgeKind;
  text: string;
  title: string;
}

interface Shape {
  id: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  labelTarget?: unknown;
  waypoints?: unknown;
  parent?: Shape;
  businessObject: { name?: string; $type: string; $instanceOf: (type: string) => boolean };
}

const colors = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-text)',
};

const places: Record<BadgeKind, { top?: number; bottom?: number; left?: number; right?: number }> = {
  token: { bottom: 11, left: -11 },
  incident: { bottom: 11, right: 13 },
  count: { top: -11, right: 15 },
  planned: { top: -11, left: -11 },
  cancelled: { top: -11, right: 13 },
  mapped: { top: -11, left: -11 },
  problem: { top: -11, right: 13 },
};

/** Between a fitted diagram and its frame. */
const padding = 28;

export class DiagramView {
  private readonly viewer: NavigatedViewer;
  private marks: { id: string; mark: string }[] = [];
  /** Until a person moves the diagram it stays fitted to its frame. */
  private moved = false;
  private fitting = false;
  private shown = true;
  private sameScale: DiagramView[] = [];
  private readonly observer: ResizeObserver;

  constructor(private readonly frame: HTMLElement) {
    this.viewer = new NavigatedViewer({
      container: frame,
      bpmnRenderer: colors,
      zoomScroll: { enabled: false },
    });
    this.events.on('canvas.viewbox.changed', () => {
      if (!this.fitting) this.moved = true;
    });
    frame.addEventListener('wheel', this.onWheel, { passive: false });
    this.observer = new ResizeObserver(() => {
      this.canvas.resized();
      // A frame later: a diagram at the same scale knows its size by then.
      if (!this.moved) requestAnimationFrame(() => this.shown && !this.moved && this.fit());
    });
    this.observer.observe(frame);
  }

  async show(xml: string): Promise<void> {
    await this.viewer.importXML(xml);
    this.marks = [];
    this.moved = false;
    this.fit();
  }

  destroy(): void {
    this.shown = false;
    for (const other of this.sameScale) other.sameScale = [];
    this.observer.disconnect();
    this.frame.removeEventListener('wheel', this.onWheel);
    this.viewer.destroy();
  }

  /* What is on it ---------------------------------------------------------------------------------------- */

  elements(): DiagramElement[] {
    return (
      this.registry.filter((element) => isFlowNode(element as unknown as Shape)) as unknown as Shape[]
    ).map(toElement);
  }

  /** A flow node, sequence flow or artifact of the model, with labels traced to what they name. */
  has(id: string): boolean {
    return this.registry.get(id) !== undefined;
  }

  onSelect(listener: (element: DiagramElement | null) => void): void {
    this.events.on('element.click', (event: { element: Shape }) => {
      const shape = (event.element.labelTarget as Shape | undefined) ?? event.element;
      listener(isFlowNode(shape) || isFlow(shape) ? toElement(shape) : null);
    });
  }

  onHover(listener: (element: DiagramElement | null) => void): void {
    this.events.on('element.hover', (event: { element: Shape }) =>
      listener(isFlowNode(event.element) ? toElement(event.element) : null),
    );
    this.events.on('element.out', () => listener(null));
  }

  onMove(listener: () => void): void {
    this.events.on('canvas.viewbox.changed', listener);
  }

  /** Where an element is on the screen. */
  boxOf(id: string): DOMRect | null {
    const graphics = this.registry.getGraphics(id) as SVGElement | undefined;
    return graphics?.querySelector('.djs-visual')?.getBoundingClientRect() ?? null;
  }

  /* What is put on it ------------------------------------------------------------------------------------ */

  setBadges(badges: Badge[]): void {
    this.overlays.remove({ type: 'badge' });
    for (const badge of badges) {
      if (!this.has(badge.elementId)) continue;
      const html = document.createElement('span');
      html.className = `diagram-badge diagram-badge-${badge.kind}`;
      html.textContent = badge.text;
      html.title = badge.title;
      html.dataset['element'] = badge.elementId;
      html.dataset['kind'] = badge.kind;
      this.overlays.add(badge.elementId, 'badge', {
        position: places[badge.kind],
        html,
        show: { minZoom: 0.1 },
        scale: { min: 0.75, max: 1.25 },
      });
    }
  }

  setMarks(marks: Map<string, string[]>): void {
    for (const { id, mark } of this.marks) if (this.has(id)) this.canvas.removeMarker(id, mark);
    this.marks = [];
    for (const [id, names] of marks) {
      if (!this.has(id)) continue;
      for (const mark of names) {
        this.canvas.addMarker(id, mark);
        this.marks.push({ id, mark });
      }
    }
  }

  /* Moving around ---------------------------------------------------------------------------------------- */

  /** Everything in the frame, never larger than life, nor than the diagrams at the same scale allow. */
  fit(): void {
    this.fitting = true;
    const { inner, outer } = this.canvas.viewbox();
    const others = this.sameScale.map((view) => view.fittingScale()).filter((scale) => scale > 0);
    const scale = Math.min(this.fittingScale(), ...others);
    if (scale > 0) {
      const width = outer.width / scale;
      const height = outer.height / scale;
      this.canvas.viewbox({
        x: inner.x - (width - inner.width) / 2,
        y: inner.y - (height - inner.height) / 2,
        width,
        height,
      });
    }
    this.fitting = false;
    this.moved = false;
  }

  /** The scale at which everything is in the frame; 0 while there is no frame, or nothing in it. */
  private fittingScale(): number {
    const { inner, outer } = this.canvas.viewbox();
    if (!(outer.width > 0 && outer.height > 0 && inner.width > 0)) return 0;
    const room = (length: number) => length - 2 * padding;
    return Math.max(0.1, Math.min(1, room(outer.width) / inner.width, room(outer.height) / inner.height));
  }

  /** Fits both at one scale, so that what is as large in both models looks as large. */
  fitAlike(other: DiagramView): void {
    this.sameScale = [other];
    other.sameScale = [this];
    this.fit();
    other.fit();
  }

  zoom(factor: number, center?: { x: number; y: number }): void {
    const next = Math.min(4, Math.max(0.1, this.canvas.zoom() * factor));
    this.canvas.zoom(next, center ?? ('auto' as unknown as undefined));
  }

  reveal(id: string): void {
    if (this.has(id)) this.canvas.scrollToElement(id, 60);
  }

  /** The same part of the plane in another diagram: for comparing versions. */
  get viewbox() {
    const { x, y, width, height } = this.canvas.viewbox();
    return { x, y, width, height };
  }

  set viewbox(box: { x: number; y: number; width: number; height: number }) {
    this.canvas.viewbox(box);
  }

  // The wheel scrolls the page, as everywhere; with Ctrl or ⌘ it zooms.
  private readonly onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = this.frame.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
  };

  private get canvas(): Canvas {
    return this.viewer.get<Canvas>('canvas');
  }
  private get overlays(): Overlays {
    return this.viewer.get<Overlays>('overlays');
  }
  private get registry(): ElementRegistry {
    return this.viewer.get<ElementRegistry>('elementRegistry');
  }
  private get events(): EventBus {
    return this.viewer.get<EventBus>('eventBus');
  }
}

function isFlowNode(shape: Shape): boolean {
  return (
    !shape.labelTarget && !shape.waypoints && shape.businessObject?.$instanceOf?.('bpmn:FlowNode') === true
  );
}

function isFlow(shape: Shape): boolean {
  return shape.businessObject?.$instanceOf?.('bpmn:SequenceFlow') === true;
}

function toElement(shape: Shape): DiagramElement {
  return {
    id: shape.id,
    name: shape.businessObject.name || shape.id,
    type: shape.businessObject.$type.replace(/^bpmn:/, ''),
  };
}
