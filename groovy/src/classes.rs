//! The classes a script may name: which exist, what they extend, which are out of reach.

use crate::{ast::ClassIx, token::Str};

/// A class as the tree refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Known(&'static KnownClass),
    User(ClassIx),
}

/// A class of Java, Groovy or Camunda.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct KnownClass {
    /// Qualified name.
    pub(crate) name: &'static str,
    /// Superclasses and interfaces that scripts test for, qualified; `java.lang.Object` is left out.
    pub(crate) parents: &'static [&'static str],
}

impl KnownClass {
    /// Whether it is an exception or error.
    pub(crate) fn is_throwable(&self) -> bool {
        self.name == THROWABLE || self.parents.contains(&THROWABLE)
    }
}

const THROWABLE: &str = "java.lang.Throwable";

macro_rules! classes {
    ($($name:literal $([$($parent:literal),*])?;)*) => {
        &[$(KnownClass { name: $name, parents: &[$($($parent),*)?] }),*]
    };
}

/// Every class that can be named.
static CLASSES: &[KnownClass] = classes![
    "java.lang.Object";
    "java.lang.Class";
    "java.lang.Comparable";
    "java.lang.CharSequence";
    "java.lang.Iterable";
    "java.lang.Runnable";
    "java.lang.String" ["java.lang.CharSequence", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.StringBuilder" ["java.lang.CharSequence", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.StringBuffer" ["java.lang.CharSequence", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Number" ["java.io.Serializable"];
    "java.lang.Byte" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Short" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Integer" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Long" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Float" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Double" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.math.BigDecimal" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.math.BigInteger" ["java.lang.Number", "java.lang.Comparable", "java.io.Serializable"];
    "java.math.RoundingMode" ["java.lang.Enum", "java.lang.Comparable", "java.io.Serializable"];
    "java.math.MathContext" ["java.io.Serializable"];
    "java.lang.Boolean" ["java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Character" ["java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Void";
    "java.lang.Enum" ["java.lang.Comparable", "java.io.Serializable"];
    "java.lang.Math";
    "java.lang.Thread";
    "java.lang.System";
    "java.lang.Cloneable";
    "java.io.Serializable";
    "java.io.PrintStream";
    "java.io.InputStream";
    "java.io.ByteArrayInputStream" ["java.io.InputStream"];
    "java.util.Collection" ["java.lang.Iterable"];
    "java.util.List" ["java.util.Collection", "java.lang.Iterable"];
    "java.util.Queue" ["java.util.Collection", "java.lang.Iterable"];
    "java.util.Deque" ["java.util.Queue", "java.util.Collection", "java.lang.Iterable"];
    "java.util.AbstractList" ["java.util.List", "java.util.Collection", "java.lang.Iterable"];
    "java.util.ArrayList" ["java.util.AbstractList", "java.util.List", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable", "java.lang.Cloneable"];
    "java.util.LinkedList" ["java.util.List", "java.util.Deque", "java.util.Queue", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.Vector" ["java.util.List", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.Stack" ["java.util.List", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.ArrayDeque" ["java.util.Deque", "java.util.Queue", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.Set" ["java.util.Collection", "java.lang.Iterable"];
    "java.util.SortedSet" ["java.util.Set", "java.util.Collection", "java.lang.Iterable"];
    "java.util.HashSet" ["java.util.Set", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.LinkedHashSet" ["java.util.HashSet", "java.util.Set", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.TreeSet" ["java.util.SortedSet", "java.util.Set", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "java.util.Map";
    "java.util.Map$Entry";
    "java.util.SortedMap" ["java.util.Map"];
    "java.util.HashMap" ["java.util.Map", "java.io.Serializable", "java.lang.Cloneable"];
    "java.util.LinkedHashMap" ["java.util.HashMap", "java.util.Map", "java.io.Serializable", "java.lang.Cloneable"];
    "java.util.TreeMap" ["java.util.SortedMap", "java.util.Map", "java.io.Serializable"];
    "java.util.Hashtable" ["java.util.Map", "java.io.Serializable"];
    "java.util.Properties" ["java.util.Map", "java.io.Serializable"];
    "java.util.concurrent.ConcurrentHashMap" ["java.util.Map", "java.io.Serializable"];
    "java.util.concurrent.TimeUnit" ["java.lang.Enum", "java.lang.Comparable"];
    "java.util.concurrent.atomic.AtomicInteger" ["java.lang.Number"];
    "java.util.concurrent.atomic.AtomicLong" ["java.lang.Number"];
    "java.util.Iterator";
    "java.util.Collections";
    "java.util.Arrays";
    "java.util.Objects";
    "java.util.Optional";
    "java.util.Comparator";
    "java.util.Random";
    "java.util.UUID" ["java.lang.Comparable", "java.io.Serializable"];
    "java.util.Locale" ["java.io.Serializable"];
    "java.util.StringJoiner";
    "java.util.Date" ["java.lang.Comparable", "java.io.Serializable"];
    "java.util.Calendar" ["java.lang.Comparable", "java.io.Serializable"];
    "java.util.GregorianCalendar" ["java.util.Calendar", "java.lang.Comparable", "java.io.Serializable"];
    "java.util.TimeZone" ["java.io.Serializable"];
    "java.util.regex.Pattern" ["java.io.Serializable"];
    "java.util.regex.Matcher" ["java.util.regex.MatchResult"];
    "java.util.stream.Collectors";
    "java.util.stream.IntStream";
    "java.util.stream.Stream";
    "java.text.SimpleDateFormat" ["java.text.DateFormat"];
    "java.text.DateFormat";
    "java.text.DecimalFormat" ["java.text.NumberFormat"];
    "java.text.NumberFormat";
    "java.nio.charset.StandardCharsets";
    "java.net.URLEncoder";
    "java.net.URLDecoder";
    "java.security.MessageDigest";
    "java.time.Instant" ["java.time.temporal.Temporal", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.LocalDate" ["java.time.temporal.Temporal", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.LocalTime" ["java.time.temporal.Temporal", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.LocalDateTime" ["java.time.temporal.Temporal", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.ZonedDateTime" ["java.time.temporal.Temporal", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.OffsetDateTime" ["java.time.temporal.Temporal", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.Duration" ["java.time.temporal.TemporalAmount", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.Period" ["java.time.temporal.TemporalAmount", "java.io.Serializable"];
    "java.time.ZoneId" ["java.io.Serializable"];
    "java.time.ZoneRegion" ["java.time.ZoneId", "java.io.Serializable"];
    "java.time.ZoneOffset" ["java.time.ZoneId", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.DayOfWeek" ["java.lang.Enum", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.Month" ["java.lang.Enum", "java.lang.Comparable", "java.io.Serializable"];
    "java.time.Year" ["java.lang.Comparable"];
    "java.time.YearMonth" ["java.lang.Comparable"];
    "java.time.format.DateTimeFormatter";
    "java.time.format.FormatStyle" ["java.lang.Enum"];
    "java.time.temporal.ChronoUnit" ["java.lang.Enum", "java.time.temporal.TemporalUnit", "java.lang.Comparable"];
    "java.time.temporal.ChronoField" ["java.lang.Enum"];
    "java.time.temporal.TemporalAdjusters";
    "java.time.temporal.Temporal";
    "java.time.temporal.TemporalAmount";
    "java.time.temporal.TemporalUnit";
    "org.joda.time.DateTime" ["java.lang.Comparable", "java.io.Serializable"];
    "org.joda.time.LocalDate" ["java.lang.Comparable", "java.io.Serializable"];
    "groovy.lang.Closure" ["java.lang.Runnable"];
    "groovy.lang.GString" ["java.lang.CharSequence", "java.lang.Comparable"];
    "org.codehaus.groovy.runtime.GStringImpl" ["groovy.lang.GString", "java.lang.CharSequence", "java.lang.Comparable", "java.io.Serializable"];
    "groovy.lang.Range" ["java.util.List", "java.util.Collection", "java.lang.Iterable"];
    "groovy.lang.IntRange" ["groovy.lang.Range", "java.util.AbstractList", "java.util.List", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "groovy.lang.ObjectRange" ["groovy.lang.Range", "java.util.List", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "groovy.lang.EmptyRange" ["groovy.lang.Range", "java.util.List", "java.util.Collection", "java.lang.Iterable", "java.io.Serializable"];
    "groovy.lang.Script";
    "groovy.lang.Binding";
    "groovy.lang.Tuple2" ["java.util.List", "java.util.Collection", "java.lang.Iterable"];
    "groovy.json.JsonSlurper";
    "groovy.json.JsonSlurperClassic";
    "groovy.json.JsonOutput";
    "groovy.json.JsonBuilder";
    "groovy.transform.Field";
    "org.camunda.spin.Spin";
    "org.camunda.spin.json.SpinJsonNode";
    "org.camunda.spin.xml.SpinXmlElement";
    "org.camunda.spin.impl.json.jackson.JacksonJsonNode" ["org.camunda.spin.json.SpinJsonNode"];
    "org.camunda.spin.impl.xml.dom.DomXmlElement" ["org.camunda.spin.xml.SpinXmlElement"];
    "org.camunda.bpm.engine.delegate.DelegateExecution" ["org.camunda.bpm.engine.delegate.VariableScope"];
    "org.camunda.bpm.engine.delegate.DelegateTask" ["org.camunda.bpm.engine.delegate.VariableScope"];
    "org.camunda.bpm.engine.delegate.VariableScope";
    "org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity" ["org.camunda.bpm.engine.delegate.DelegateExecution", "org.camunda.bpm.engine.delegate.VariableScope"];
    "org.camunda.bpm.engine.impl.persistence.entity.TaskEntity" ["org.camunda.bpm.engine.delegate.DelegateTask", "org.camunda.bpm.engine.delegate.VariableScope"];
    "org.camunda.bpm.engine.variable.Variables";
    "java.lang.Throwable" ["java.io.Serializable"];
    "java.lang.Error" ["java.lang.Throwable"];
    "java.lang.AssertionError" ["java.lang.Error", "java.lang.Throwable"];
    "org.codehaus.groovy.runtime.powerassert.PowerAssertionError" ["java.lang.AssertionError", "java.lang.Error", "java.lang.Throwable"];
    "java.lang.Exception" ["java.lang.Throwable"];
    "java.lang.CloneNotSupportedException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.lang.InterruptedException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.util.concurrent.TimeoutException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.util.concurrent.ExecutionException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.text.ParseException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.io.IOException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.io.FileNotFoundException" ["java.io.IOException", "java.lang.Exception", "java.lang.Throwable"];
    "java.net.ConnectException" ["java.io.IOException", "java.lang.Exception", "java.lang.Throwable"];
    "java.net.SocketTimeoutException" ["java.io.IOException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.RuntimeException" ["java.lang.Exception", "java.lang.Throwable"];
    "java.lang.ArithmeticException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.ArrayStoreException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.ClassCastException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.IllegalArgumentException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.NumberFormatException" ["java.lang.IllegalArgumentException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.IllegalStateException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.IndexOutOfBoundsException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.ArrayIndexOutOfBoundsException" ["java.lang.IndexOutOfBoundsException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.StringIndexOutOfBoundsException" ["java.lang.IndexOutOfBoundsException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.NegativeArraySizeException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.NullPointerException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.SecurityException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.lang.UnsupportedOperationException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.util.ConcurrentModificationException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.util.NoSuchElementException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.util.InputMismatchException" ["java.util.NoSuchElementException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.util.IllegalFormatException" ["java.lang.IllegalArgumentException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.util.regex.PatternSyntaxException" ["java.lang.IllegalArgumentException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.time.DateTimeException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.time.format.DateTimeParseException" ["java.time.DateTimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.time.temporal.UnsupportedTemporalTypeException" ["java.time.DateTimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "java.time.zone.ZoneRulesException" ["java.time.DateTimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "groovy.lang.GroovyRuntimeException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "groovy.lang.MissingPropertyException" ["groovy.lang.GroovyRuntimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "groovy.lang.MissingMethodException" ["groovy.lang.GroovyRuntimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "groovy.lang.ReadOnlyPropertyException" ["groovy.lang.MissingPropertyException", "groovy.lang.GroovyRuntimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "groovy.json.JsonException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.codehaus.groovy.runtime.typehandling.GroovyCastException" ["java.lang.ClassCastException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.bpm.engine.ProcessEngineException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.bpm.engine.BadUserRequestException" ["org.camunda.bpm.engine.ProcessEngineException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.bpm.engine.exception.NullValueException" ["org.camunda.bpm.engine.ProcessEngineException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.bpm.engine.MismatchingMessageCorrelationException" ["org.camunda.bpm.engine.ProcessEngineException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.bpm.engine.delegate.BpmnError" ["org.camunda.bpm.engine.ProcessEngineException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.spin.SpinRuntimeException" ["java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.spin.json.SpinJsonException" ["org.camunda.spin.SpinRuntimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
    "org.camunda.spin.json.SpinJsonPropertyException" ["org.camunda.spin.json.SpinJsonException", "org.camunda.spin.SpinRuntimeException", "java.lang.RuntimeException", "java.lang.Exception", "java.lang.Throwable"];
];

/// Packages whose classes need no import.
const DEFAULT_PACKAGES: &[&str] = &["java.lang", "java.util", "java.io", "java.net", "groovy.lang", "groovy.util"];

/// What classes of the JVM that a script must not reach would give it.
const OUT_OF_REACH: &[(&str, &str)] = &[
    ("java.io.", "files"),
    ("java.nio.", "files"),
    ("java.net.", "the network"),
    ("java.net.http.", "the network"),
    ("javax.net.", "the network"),
    ("java.lang.Runtime", "processes"),
    ("java.lang.Process", "processes"),
    ("java.lang.Thread", "threads"),
    ("java.util.Timer", "threads"),
    ("java.util.concurrent.", "threads"),
    ("java.lang.ClassLoader", "class loaders"),
    ("java.lang.reflect.", "reflection"),
    ("java.lang.invoke.", "reflection"),
    ("java.util.ServiceLoader", "class loaders"),
    ("java.sql.", "databases"),
    ("javax.sql.", "databases"),
    ("javax.script.", "script engines"),
    ("javax.naming.", "naming services"),
    ("groovy.lang.Groovy", "script engines"),
    ("groovy.lang.Meta", "meta classes"),
    ("groovy.util.Eval", "script engines"),
    ("groovy.util.GroovyScriptEngine", "script engines"),
    ("groovy.sql.", "databases"),
    ("org.codehaus.groovy.", "the compiler"),
    ("sun.", "the machine"),
];

/// Classes of the default packages that exist on the JVM but not here, so that the refusal can say why.
const ABSENT_DEFAULTS: &[&str] = &[
    "java.io.File",
    "java.io.FileReader",
    "java.io.FileWriter",
    "java.io.FileInputStream",
    "java.io.FileOutputStream",
    "java.io.RandomAccessFile",
    "java.io.PrintWriter",
    "java.io.BufferedReader",
    "java.io.InputStreamReader",
    "java.io.ObjectInputStream",
    "java.lang.Runtime",
    "java.lang.Process",
    "java.lang.ProcessBuilder",
    "java.lang.ThreadLocal",
    "java.lang.ThreadGroup",
    "java.lang.ClassLoader",
    "java.net.URL",
    "java.net.URI",
    "java.net.Socket",
    "java.net.ServerSocket",
    "java.net.HttpURLConnection",
    "java.net.InetAddress",
    "java.net.URLClassLoader",
    "java.util.Timer",
    "java.util.ServiceLoader",
    "groovy.lang.GroovyShell",
    "groovy.lang.GroovyClassLoader",
    "groovy.lang.GroovySystem",
    "groovy.lang.MetaClass",
    "groovy.util.Eval",
    "groovy.util.GroovyScriptEngine",
    "java.lang.ProcessHandle",
    "java.lang.StackWalker",
    "java.lang.Module",
    "java.lang.Compiler",
];

/// What became of a name.
pub(crate) enum Lookup {
    Found(&'static KnownClass),
    /// It exists on the JVM; the text says what it would reach.
    Refused(String),
    Unknown,
}

/// Finds a class by its qualified name; `Outer.Inner` finds nested ones.
pub(crate) fn qualified(name: &str) -> Lookup {
    if let Some(class) = find(name) {
        return Lookup::Found(class);
    }
    if let Some((_, what)) = OUT_OF_REACH.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        return Lookup::Refused(format!("class {name} is out of reach: scripts have no access to {what}"));
    }
    Lookup::Unknown
}

fn find(name: &str) -> Option<&'static KnownClass> {
    let nested = (name == "java.util.Map.Entry").then_some("java.util.Map$Entry");
    let name = nested.unwrap_or(name);
    CLASSES.iter().find(|class| class.name == name)
}

/// Finds a class by its simple name in the default packages.
pub(crate) fn by_default(name: &str) -> Lookup {
    if name == "BigDecimal" || name == "BigInteger" {
        return qualified(&format!("java.math.{name}"));
    }
    for package in DEFAULT_PACKAGES {
        let full = format!("{package}.{name}");
        if let Some(class) = find(&full) {
            return Lookup::Found(class);
        }
        if ABSENT_DEFAULTS.contains(&full.as_str()) {
            return qualified(&full);
        }
    }
    Lookup::Unknown
}

/// A class that must be in the table.
pub(crate) fn known(name: &str) -> &'static KnownClass {
    find(name).unwrap_or(&CLASSES[0])
}

/// Whether an object of one class is an instance of another, both qualified.
pub(crate) fn extends(class: &str, parent: &str) -> bool {
    class == parent || parent == "java.lang.Object" || find(class).is_some_and(|known| known.parents.contains(&parent))
}

/// The class behind the name of a primitive type: its wrapper.
pub(crate) fn wrapper(primitive: &str) -> &'static KnownClass {
    known(match primitive {
        "boolean" => "java.lang.Boolean",
        "byte" => "java.lang.Byte",
        "char" => "java.lang.Character",
        "short" => "java.lang.Short",
        "int" => "java.lang.Integer",
        "long" => "java.lang.Long",
        "float" => "java.lang.Float",
        "double" => "java.lang.Double",
        _ => "java.lang.Void",
    })
}

/// Imports of a script.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    /// Simple name or alias, and class.
    pub(crate) classes: Vec<(Str, &'static KnownClass)>,
    /// `import a.b.*`
    pub(crate) packages: Vec<Str>,
    /// `import static a.B.c`: name, class, member.
    pub(crate) members: Vec<(Str, &'static KnownClass, Str)>,
    /// `import static a.B.*`
    pub(crate) member_classes: Vec<&'static KnownClass>,
}

impl Imports {
    /// Finds a class by its simple name.
    pub(crate) fn class(&self, name: &str) -> Lookup {
        if let Some((_, class)) = self.classes.iter().find(|(simple, _)| &**simple == name) {
            return Lookup::Found(class);
        }
        let found = by_default(name);
        if !matches!(found, Lookup::Unknown) {
            return found;
        }
        for package in &self.packages {
            let found = qualified(&format!("{package}.{name}"));
            if !matches!(found, Lookup::Unknown) {
                return found;
            }
        }
        Lookup::Unknown
    }
}

/// Whether the table has a class of this qualified name.
pub(crate) fn is_known(name: &str) -> bool {
    find(name).is_some()
}
