// What scripts see of the engine. Runs once per context, before any script.
//
// `host(request)` asks the engine: JSON text in, a plain value or an object with the answer as JSON text out.
// Values that JSON cannot carry are tagged:
//   {"n": "NaN"}  numbers without JSON form      {"h": id, "k": kind}  an object of the engine
//   {"a": [...]}  an array                        {"o": [[k, v], ...]}  a plain object
//   {"d": ms}     a Date                          {"b": "digits"}       a BigInt
(function (host, shared, longest) {
  'use strict';
  // Scripts may change the built-ins; these are the ones from before.
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const arrayPrototype = Array.prototype;
  const { keys: ownNames, getPrototypeOf, getOwnPropertyDescriptor, defineProperty, freeze, hasOwn } = Object;
  const { isInteger, isFinite } = Number;
  const toText = String;
  const apply = Reflect.apply;
  const globals = globalThis;

  // Arrays that are longer than memory allows are mostly holes, and the methods of arrays walk over these without ever asking
  // for the time: they are refused.
  function bounded(owner, name, length) {
    const method = owner[name];
    const wrapped = {
      [name](...args) {
        if (length(this, args) > longest) throw new RangeError('Invalid array length');
        return apply(method, this, args);
      },
    }[name];
    defineProperty(wrapped, 'length', { value: method.length, configurable: true });
    defineProperty(owner, name, { value: wrapped, writable: true, enumerable: false, configurable: true });
  }
  for (const name of Object.getOwnPropertyNames(arrayPrototype)) {
    if (typeof arrayPrototype[name] === 'function' && name !== 'constructor' && name !== 'concat') {
      bounded(arrayPrototype, name, (array) => array?.length);
    }
  }
  bounded(arrayPrototype, 'concat', (array, args) => {
    let length = array?.length ?? 0;
    for (const arg of args) if (isArray(arg)) length += arg.length;
    return length;
  });
  defineProperty(arrayPrototype, Symbol.iterator, { value: arrayPrototype.values, writable: true, configurable: true });
  bounded(Array, 'from', (_, args) => args[0]?.length);

  const THROWN = Symbol('thrown');
  const HANDLE = Symbol('handle');
  const MAX_DEPTH = 200;
  let objects = new Map();

  function encode(value, depth = 0) {
    if (depth > MAX_DEPTH) throw new RangeError('value is nested too deeply');
    switch (typeof value) {
      case 'undefined': return null;
      case 'boolean':
      case 'string': return value;
      case 'number':
        if (!isFinite(value)) return { n: toText(value) };
        return value === 0 && 1 / value < 0 ? { n: '-0.0' } : value;
      case 'bigint': return { b: toText(value) };
      case 'symbol': return value.toString();
      case 'function':
        if (value[HANDLE] !== undefined) return { h: value[HANDLE] };
        throw new TypeError('functions cannot be handed to the engine');
    }
    if (value === null) return null;
    const handle = value[HANDLE];
    if (handle !== undefined) return { h: handle };
    if (value instanceof String || value instanceof Number || value instanceof Boolean) return encode(value.valueOf());
    if (isArray(value)) {
      const items = [];
      for (let i = 0; i < value.length; i++) items[i] = encode(value[i], depth + 1);
      return { a: items };
    }
    if (value instanceof Date) return { d: value.getTime() };
    if (value instanceof Map) {
      return { o: [...value].map(([k, v]) => [toText(k), encode(v, depth + 1)]) };
    }
    if (value instanceof Set) return { a: [...value].map((v) => encode(v, depth + 1)) };
    const entries = [];
    for (const name of ownNames(value)) {
      if (typeof value[name] !== 'function') entries.push([name, encode(value[name], depth + 1)]);
    }
    return { o: entries };
  }

  function decode(value) {
    if (value === null || typeof value !== 'object') return value;
    if ('n' in value) return Number(value.n);
    return hostObject(value.h, value.k);
  }

  function ask(...request) {
    const answer = host(stringify(request));
    if (answer === null || typeof answer !== 'object') return answer;
    const reply = parse(answer.json);
    if ('v' in reply) return decode(reply.v);
    if ('unknown' in reply) {
      const [type, name] = reply.unknown;
      throw new TypeError(`invokeMember (${name}) on ${type} failed due to: Unknown identifier: ${name}`);
    }
    if ('refused' in reply) throw new TypeError(reply.refused);
    throw thrown(reply);
  }

  // An exception of the engine's: no Error, as with GraalJS, but with the methods of a Java exception.
  function thrown(content) {
    const [type, message] = content.java ?? ['org.camunda.bpm.engine.delegate.BpmnError', content.bpmn[1]];
    return {
      [THROWN]: content,
      getMessage: () => message,
      getLocalizedMessage: () => message,
      getErrorCode: () => (content.bpmn ? content.bpmn[0] : undefined),
      getClass: () => ({ getName: () => type, getSimpleName: () => type.replace(/.*\./, '') }),
      toString: () => (message === null ? type : `${type}: ${message}`),
    };
  }

  // Properties of the engine's beans exist as getters only; GraalJS shows no property for a getter.
  const BEAN_PROPERTIES = new Set(('id name processInstanceId processDefinitionId processBusinessKey businessKey ' +
    'activityInstanceId currentActivityId currentActivityName currentTransitionId parentId parentActivityInstanceId ' +
    'superExecution eventName tenantId executionId variables assignee owner description priority dueDate ' +
    'followUpDate createTime taskDefinitionKey processEngineServices bpmnModelInstance').split(' '));
  // Methods of lists come first; what lists do not have, arrays do.
  const LIST_METHODS = new Set(('add addAll clear contains containsAll get indexOf isEmpty iterator lastIndexOf remove ' +
    'removeAll retainAll set size subList toArray stream equals hashCode getClass toString getFirst getLast').split(' '));

  function elements(id) {
    const length = ask('size', id);
    const items = [];
    for (let i = 0; i < length; i++) items[i] = ask('at', id, i);
    return items;
  }

  function isIndex(name) {
    return /^(0|[1-9]\d{0,9})$/.test(name);
  }

  function member(id, kind, name, methods) {
    if (kind === 'list' || kind === 'bytes') {
      if (name === 'length') return ask('size', id);
      if (isIndex(name)) return ask('at', id, Number(name));
      if (kind === 'list' && !LIST_METHODS.has(name) && typeof arrayPrototype[name] === 'function') {
        if (name === 'push') return (...items) => { for (const item of items) ask('call', id, 'add', [encode(item)]); };
        return (...args) => apply(arrayPrototype[name], elements(id), args);
      }
    }
    if (kind === 'map') {
      const [found, value] = ask('entry', id, name) ? [true, ask('get', id, name)] : [false, undefined];
      if (found) return value;
      if (name === 'forEach') return (f) => { for (const key of keys(id)) f(key, ask('get', id, key)); };
    }
    if (kind === 'handle' && BEAN_PROPERTIES.has(name)) return undefined;
    if (!methods.has(name)) {
      if (kind !== 'handle' && !ask('method', id, name)) return undefined;
      methods.set(name, (...args) => ask('call', id, name, args.map((arg) => encode(arg))));
    }
    return methods.get(name);
  }

  function keys(id) {
    return parse(ask('keys', id));
  }

  function hostObject(id, kind) {
    if (objects.has(id)) return objects.get(id);
    const methods = new Map();
    const proxy = new Proxy({}, {
      get(_, name) {
        switch (name) {
          case HANDLE: return id;
          case Symbol.toPrimitive:
            return (hint) => (kind === 'date' && hint !== 'string') || (kind === 'number' && hint !== 'string')
              ? ask('call', id, kind === 'date' ? 'getTime' : 'doubleValue', []) : ask('text', id);
          case Symbol.iterator:
            if (kind === 'list' || kind === 'bytes') return () => elements(id)[Symbol.iterator]();
            if (kind === 'map') return () => keys(id).map((key) => [key, ask('get', id, key)])[Symbol.iterator]();
            return undefined;
          case 'toString': return () => ask('text', id);
          case 'toJSON': return undefined;
          case 'then': return undefined;
        }
        return typeof name === 'symbol' ? undefined : member(id, kind, name, methods);
      },
      set(_, name, value) {
        if (kind !== 'map' && kind !== 'list') throw new TypeError(`Cannot set property ${toText(name)}`);
        ask('put', id, kind === 'list' ? Number(name) : toText(name), encode(value));
        return true;
      },
      has(_, name) {
        if (kind === 'map') return ask('entry', id, toText(name));
        if (kind === 'list') return isIndex(toText(name)) && Number(name) < ask('size', id);
        return typeof name === 'string' && ask('method', id, name);
      },
      deleteProperty(_, name) {
        if (kind === 'map') ask('call', id, 'remove', [toText(name)]);
        return true;
      },
      ownKeys() {
        if (kind === 'map') return keys(id);
        if (kind === 'list') return elements(id).map((_, index) => toText(index));
        return [];
      },
      getOwnPropertyDescriptor(_, name) {
        if (kind !== 'map' && kind !== 'list') return undefined;
        return { value: member(id, kind, toText(name), methods), writable: true, enumerable: true, configurable: true };
      },
    });
    objects.set(id, proxy);
    return proxy;
  }

  const THROWABLE = /(Exception|Error|Throwable)$/;

  function javaClass(name) {
    const statics = new Map();
    return new Proxy(function () {}, {
      construct(_, args) {
        if (name === 'org.camunda.bpm.engine.delegate.BpmnError') {
          return thrown({ bpmn: [toText(args[0]), args.length > 1 && args[1] !== null ? toText(args[1]) : null] });
        }
        if (THROWABLE.test(name)) return thrown({ java: [name, args.length > 0 ? toText(args[0]) : null] });
        // A constructor gives an object, also where the engine has a plain value.
        return Object(ask('static', name, 'new', args.map((arg) => encode(arg))));
      },
      apply() {
        throw new TypeError(`${name} is not a function`);
      },
      get(_, member) {
        if (typeof member === 'symbol') return member === HANDLE ? undefined : undefined;
        if (member === 'class') return { getName: () => name, getSimpleName: () => name.replace(/.*\./, '') };
        if (member === 'toString') return () => `JavaClass[${name}]`;
        if (/^[A-Z][A-Z0-9_]*$/.test(member)) return ask('constant', name, member);
        if (!statics.has(member)) {
          statics.set(member, (...args) => ask('static', name, member, args.map((arg) => encode(arg))));
        }
        return statics.get(member);
      },
    });
  }

  function type(name) {
    if (!THROWABLE.test(name) && !ask('known', name)) {
      throw new TypeError(`Access to host class ${name} is not allowed or does not exist.`);
    }
    return javaClass(name);
  }

  function javaPackage(path) {
    return new Proxy({}, {
      get(_, name) {
        if (typeof name === 'symbol') return undefined;
        const full = path === '' ? name : `${path}.${name}`;
        return /^[A-Z]/.test(name) ? type(full) : javaPackage(full);
      },
      set(_, name) {
        throw new TypeError(`Cannot set property ${toText(name)}`);
      },
    });
  }

  const provided = {
    java: javaPackage('java'),
    javax: javaPackage('javax'),
    org: javaPackage('org'),
    com: javaPackage('com'),
    Packages: javaPackage(''),
    Java: {
      type: (name) => type(toText(name)),
      from: (list) => (isArray(list) ? list : [...list]),
      to: (array) => ask('list', encode(array)),
      isJavaObject: (value) => value !== null && value !== undefined && value[HANDLE] !== undefined,
    },
    S: (text) => ask('static', 'org.camunda.spin.Spin', 'S', [encode(text)]),
    XML: (text) => ask('static', 'org.camunda.spin.Spin', 'XML', [encode(text)]),
    print: (...parts) => { ask('log', parts.map(toText).join(' ')); },
    console: {},
  };
  for (const level of ['log', 'info', 'warn', 'error', 'debug']) provided.console[level] = provided.print;
  for (const name of ownNames(provided)) {
    defineProperty(globals, name, { value: provided[name], writable: true, configurable: true });
  }

  // A direct eval in a function of its own: top-level declarations end with the run.
  const evaluate = Function('return eval(arguments[0])');
  const evaluateGlobally = eval;

  // Makes a context fit for sharing: no built-in object that can be changed is reached by a name other than `prototype`.
  // Prototypes stay as they are, since objects could not have a property of their own in place of a frozen one.
  const constructorNames = new Map();

  function harden() {
    const hidden = [
      function* () {}, async function () {}, async function* () {}, [].values(), new Map().entries(), new Set().values(),
      ''[Symbol.iterator](), ''.matchAll(/x/g), /x/, Iterator.from({ next() {} }), [].values().map((x) => x),
      (function* () {})(), (async function* () {})(),
    ];
    const seen = new Set(hidden);
    const prototypes = new Set([globals]);
    const found = [globals, ...hidden];
    const visit = (value, isPrototype) => {
      if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
      if (isPrototype) prototypes.add(value);
      if (seen.has(value)) return;
      seen.add(value);
      found.push(value);
    };
    for (let i = 0; i < found.length; i++) {
      const prototype = getPrototypeOf(found[i]);
      visit(prototype, typeof prototype !== 'function');
      for (const name of Reflect.ownKeys(found[i])) {
        const property = getOwnPropertyDescriptor(found[i], name);
        visit(property.value, name === 'prototype');
        visit(property.get, false);
        visit(property.set, false);
      }
    }
    for (const value of found) {
      if (hidden.includes(value)) continue;
      if (!prototypes.has(value)) {
        freeze(value);
        continue;
      }
      if (value === globals) continue;
      const { constructor } = value;
      if (typeof constructor === 'function') constructorNames.set(value, constructor.name);
      delete value.constructor;
      delete value.__proto__;
    }
    for (const name of Object.getOwnPropertyNames(globals)) {
      defineProperty(globals, name, { writable: false, configurable: false });
    }
  }

  function describe(error) {
    if (error !== null && typeof error === 'object') {
      if (error[THROWN]) return error[THROWN];
      if (error instanceof Error) {
        return { error: error.name, message: toText(error.message), stack: toText(error.stack ?? '') };
      }
      if (error[HANDLE] !== undefined) return { text: ask('text', error[HANDLE]) };
      const { constructor } = error;
      return { text: constructor ? constructor.name : constructorNames.get(getPrototypeOf(error)) ?? 'Object' };
    }
    return { text: toText(error) };
  }

  // The variables that are globals at the moment, by name; read when they are first used.
  let bound = '[]';
  let cells = new Map();

  function bind(names) {
    if (names === bound) return;
    unbind();
    for (const name of parse(names)) {
      const cell = { known: false, value: undefined };
      cells.set(name, cell);
      defineProperty(globals, name, {
        configurable: true,
        enumerable: true,
        get() {
          if (!cell.known) [cell.value, cell.known] = [ask('variable', name), true];
          return cell.value;
        },
        set(to) { [cell.value, cell.known] = [to, true]; },
      });
    }
    bound = names;
  }

  function unbind() {
    for (const name of cells.keys()) delete globals[name];
    cells = new Map();
    bound = '[]';
  }

  // The outcome of the run: a value, or what was thrown.
  let value;
  let failure;
  let compiled = false;

  if (shared) harden();

  return {
    // A script for many runs. `body` is its text as a function, or empty; `assigned` names what may become a global.
    prepare(source, body, returns, assigned) {
      let call;
      try {
        // A block of this kind takes what a script may be, without `return`.
        if (returns) evaluateGlobally(`(() => class { static { ${source}\n} })`);
        if (body !== '') call = freeze(evaluateGlobally(body));
      } catch {
        call = undefined;
      }
      return { source, call, assigned: parse(assigned), deletes: source.includes('delete') };
    },

    // Runs a script; `names` are the variables that it sees as globals.
    run(script, names) {
      bind(names);
      compiled = script.call !== undefined;
      try {
        value = compiled ? apply(script.call, globals, []) : apply(evaluate, globals, [script.source]);
        failure = undefined;
      } catch (error) {
        failure = { error };
      }
    },

    // Ends a run: plain values as they are, others as JSON text in an object.
    end(script) {
      try {
        if (failure !== undefined) return { json: stringify({ ...describe(failure.error), compiled }) };
        switch (typeof value) {
          case 'number':
          case 'boolean':
          case 'string': return value;
          case 'undefined': return null;
          case 'function': if (value[HANDLE] === undefined) return null;
        }
        return value === null ? null : { json: stringify({ v: encode(value) }) };
      } catch (error) {
        return { json: stringify(describe(error)) };
      } finally {
        value = failure = undefined;
        if (shared) clear(script);
      }
    },
  };

  function clear(script) {
    for (const name of script.assigned) {
      if (hasOwn(globals, name) && !cells.has(name)) delete globals[name];
    }
    if (script.deletes) unbind();
    for (const cell of cells.values()) cell.known = false, cell.value = undefined;
    if (objects.size > 0) objects = new Map();
  }
})
