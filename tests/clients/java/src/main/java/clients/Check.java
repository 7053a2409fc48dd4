package clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.camunda.bpm.client.ExternalTaskClient;
import org.camunda.bpm.client.exception.NotFoundException;
import org.camunda.bpm.client.task.ExternalTask;
import org.camunda.bpm.client.task.ExternalTaskService;
import org.camunda.bpm.client.variable.ClientValues;
import org.camunda.bpm.client.variable.value.JsonValue;
import org.camunda.bpm.client.variable.value.XmlValue;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.value.FileValue;

/** The official Java external task client on the process of model.bpmn. */
public final class Check {

  private static final String TOPIC = "java";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");
  private static final Date DAY = Date.from(OffsetDateTime.parse("2031-02-03T04:05:06.789Z").toInstant());

  /** A class that the server has never heard of. */
  public static final class Order {
    public String item;
    public int count;
  }

  private interface Work {
    void on(ExternalTask task, ExternalTaskService service) throws Exception;
  }

  private interface Body {
    void run() throws Exception;
  }

  private record Pending(Work work, CompletableFuture<Void> done) {}

  private final String base;
  private final Path models;
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();
  private boolean failed;

  private Check(String base, Path models) {
    this.base = base;
    this.models = models;
  }

  public static void main(String[] args) {
    var check = new Check(args[0], Path.of(args[1]));
    var client = ExternalTaskClient.create()
        .baseUrl(check.base)
        .workerId(TOPIC)
        .maxTasks(2)
        .asyncResponseTimeout(1000)
        .lockDuration(10_000)
        .disableBackoffStrategy()
        .orderByCreateTime().asc()
        .build();
    client.subscribe(TOPIC)
        .processDefinitionKey("clients")
        .includeExtensionProperties(true)
        .handler(check::handle)
        .open();
    check.all();
    client.stop();
    System.exit(check.failed ? 1 : 0);
  }

  private void all() {
    check("java: reads variables of every type", this::reads);
    check("java: completes with variables of every type, once", this::completes);
    check("java: extends, sets and gives up a lock", this::locks);
    check("java: fails until an incident, then succeeds", this::fails);
    check("java: a BPMN error goes to the boundary event", this::bpmnError);
  }

  private void reads() throws Exception {
    drive("read", (task, service) -> {
      same("Zoë & <Co>", task.getVariable("aString"));
      same((short) 7, task.getVariable("aShort"));
      same(42, task.getVariable("anInteger"));
      same(4294967296L, task.getVariable("aLong"));
      same(2.5, task.getVariable("aDouble"));
      same(true, task.getVariable("aBoolean"));
      same(OffsetDateTime.parse("2030-01-02T03:04:05.678Z").toInstant(), task.<Date>getVariable("aDate").toInstant());
      same("[0, 1, 2, -1]", Arrays.toString(task.<byte[]>getVariable("someBytes")));
      same(null, task.getVariable("nothing"));
      same(JSON.readTree("{\"a\":[1,2]}"), JSON.readTree(task.<JsonValue>getVariableTyped("aJson").getValue()));
      holds(task.<XmlValue>getVariableTyped("anXml").getValue().contains("<a b=\"c\"/>"), "the XML");
      same(List.of("a", "b"), task.getVariable("aList"));
      FileValue file = task.getVariableTyped("aFile");
      same("hello.txt text/plain UTF-8", file.getFilename() + " " + file.getMimeType() + " " + file.getEncoding());
      try (InputStream content = file.getValue()) {
        same("Hello, file!", new String(content.readAllBytes(), StandardCharsets.UTF_8));
      }
      same(15, task.getAllVariables().size());
      same("v1", task.getExtensionProperty("p1"));
      same("read", task.getBusinessKey());
      same("clients", task.getProcessDefinitionKey());
      same("v1", task.getProcessDefinitionVersionTag());
      same("work", task.getActivityId());
      service.complete(task);
    });
  }

  private void completes() throws Exception {
    var order = new Order();
    order.item = "chair";
    order.count = 4;
    VariableMap variables = Variables.createVariables()
        .putValue("outString", "ü")
        .putValue("outShort", (short) 3)
        .putValue("outInteger", -5)
        .putValue("outLong", 1L << 40)
        .putValue("outDouble", 0.25)
        .putValue("outBoolean", false)
        .putValue("outDate", DAY)
        .putValue("outBytes", new byte[] {-1, 0})
        .putValue("outNull", null)
        .putValue("outList", List.of("a", "b"))
        .putValue("outMap", Map.of("k", 1))
        .putValueTyped("outJson", ClientValues.jsonValue("{\"b\":[\"x\",null,1]}"))
        .putValueTyped("outXml", ClientValues.xmlValue("<out/>"))
        .putValueTyped("outObject", ClientValues.objectValue(order).serializationDataFormat("application/json").create())
        .putValueTyped("outFile", ClientValues.fileValue("out.txt").file("content".getBytes(StandardCharsets.UTF_8))
            .mimeType("text/plain").encoding("UTF-8").create())
        .putValueTyped("outTransient", ClientValues.stringValue("gone", true));
    String id = drive("ok", (task, service) -> {
      service.setVariables(task.getProcessInstanceId(), Map.of("early", "set before completion"));
      service.complete(task, variables, Map.of("inTask", "local"));
      try {
        service.complete(task);
        throw new AssertionError("a second completion is accepted");
      } catch (NotFoundException e) {
        holds(e.getMessage().contains("External task with id " + task.getId() + " does not exist"), e.getMessage());
      }
    });
    JsonNode found = rest("GET", "/process-instance/" + id + "/variables?deserializeValues=false", null);
    plain(found, "early", "String", "\"set before completion\"");
    plain(found, "outString", "String", "\"ü\"");
    plain(found, "outShort", "Short", "3");
    plain(found, "outInteger", "Integer", "-5");
    plain(found, "outLong", "Long", "1099511627776");
    plain(found, "outDouble", "Double", "0.25");
    plain(found, "outBoolean", "Boolean", "false");
    plain(found, "outNull", "Null", "null");
    same("Bytes", found.path("outBytes").path("type").asText());
    same(DAY.toInstant(), OffsetDateTime.parse(found.path("outDate").path("value").asText(), DATE).toInstant());
    holds(found.path("outList").path("valueInfo").path("objectTypeName").asText().contains("List"), "a list");
    same(JSON.readTree("[\"a\",\"b\"]"), JSON.readTree(found.path("outList").path("value").asText()));
    same(JSON.readTree("{\"k\":1}"), JSON.readTree(found.path("outMap").path("value").asText()));
    same(JSON.readTree("{\"item\":\"chair\",\"count\":4}"), JSON.readTree(found.path("outObject").path("value").asText()));
    same("clients.Check$Order", found.path("outObject").path("valueInfo").path("objectTypeName").asText());
    same("Json", found.path("outJson").path("type").asText());
    same(JSON.readTree("{\"b\":[\"x\",null,1]}"), JSON.readTree(found.path("outJson").path("value").asText()));
    same("Xml", found.path("outXml").path("type").asText());
    same("out.txt", found.path("outFile").path("valueInfo").path("filename").asText());
    same("text/plain", found.path("outFile").path("valueInfo").path("mimeType").asText());
    same("content", raw("GET", "/process-instance/" + id + "/variables/outFile/data", null).body());
    holds(!found.has("outTransient") && !found.has("inTask"), "transient and local variables are gone");
    JsonNode task = rest("GET", "/task?processInstanceId=" + id, null).get(0);
    same("review", task.path("taskDefinitionKey").asText());
    raw("POST", "/task/" + task.path("id").asText() + "/complete", "{}");
    same("COMPLETED", rest("GET", "/history/process-instance/" + id, null).path("state").asText());
  }

  private void locks() throws Exception {
    String id = start("lock");
    work("lock", (task, service) -> {
      service.extendLock(task, 600_000);
      holds(ahead(task) > 500_000, "the lock is extended");
      service.lock(task.getId(), 300_000);
      holds(ahead(task) < 400_000, "the lock is set");
      service.unlock(task);
    }).get(30, TimeUnit.SECONDS);
    work("lock", (task, service) -> service.complete(task)).get(30, TimeUnit.SECONDS);
    same("review", rest("GET", "/task?processInstanceId=" + id, null).get(0).path("taskDefinitionKey").asText());
  }

  private void fails() throws Exception {
    String id = start("fail");
    work("fail", (task, service) -> {
      same(null, task.getRetries());
      service.handleFailure(task, "first", "trace one", 1, 0);
    }).get(30, TimeUnit.SECONDS);
    work("fail", (task, service) -> {
      same(1, task.getRetries());
      same("first", task.getErrorMessage());
      same("trace one", task.getErrorDetails());
      service.handleFailure(task.getId(), "second", "trace two", 0, 0, Map.of("seen", true), Map.of());
    }).get(30, TimeUnit.SECONDS);
    JsonNode incidents = rest("GET", "/incident?processInstanceId=" + id, null);
    same(1, incidents.size());
    same("failedExternalTask", incidents.get(0).path("incidentType").asText());
    same("second", incidents.get(0).path("incidentMessage").asText());
    plain(rest("GET", "/process-instance/" + id + "/variables?deserializeValues=false", null), "seen", "Boolean", "true");
    raw("PUT", "/external-task/" + incidents.get(0).path("configuration").asText() + "/retries", "{\"retries\":1}");
    work("fail", (task, service) -> service.complete(task)).get(30, TimeUnit.SECONDS);
    same(0, rest("GET", "/incident?processInstanceId=" + id, null).size());
  }

  private void bpmnError() throws Exception {
    String id = drive("bpmn", (task, service) ->
        service.handleBpmnError(task, "ERR1", "out of stock", Map.of("wanted", 3)));
    same("repair", rest("GET", "/task?processInstanceId=" + id, null).get(0).path("taskDefinitionKey").asText());
    JsonNode found = rest("GET", "/process-instance/" + id + "/variables?deserializeValues=false", null);
    plain(found, "code", "String", "\"ERR1\"");
    plain(found, "message", "String", "\"out of stock\"");
    plain(found, "wanted", "Integer", "3");
  }

  /** Starts an instance and lets the client work on its task; answers the instance's id. */
  private String drive(String mode, Work work) throws Exception {
    var done = work(mode, work);
    String id = start(mode);
    done.get(30, TimeUnit.SECONDS);
    return id;
  }

  /** What the next task with this mode does. */
  private CompletableFuture<Void> work(String mode, Work work) {
    var next = new Pending(work, new CompletableFuture<>());
    pending.put(mode, next);
    return next.done();
  }

  private void handle(ExternalTask task, ExternalTaskService service) {
    Pending next = pending.remove(task.<String>getVariable("mode"));
    if (next == null) {
      service.unlock(task); // the check has not yet said what to do with it
      return;
    }
    try {
      next.work().on(task, service);
      next.done().complete(null);
    } catch (Throwable e) {
      next.done().completeExceptionally(e);
    }
  }

  private String start(String mode) throws Exception {
    var variables = (ObjectNode) JSON.readTree(Files.readString(models.resolve("variables.json")));
    variables.putObject("topic").put("type", "String").put("value", TOPIC);
    variables.putObject("mode").put("type", "String").put("value", mode);
    var body = JSON.createObjectNode().put("businessKey", mode);
    body.set("variables", variables);
    return rest("POST", "/process-definition/key/clients/start", body.toString()).path("id").asText();
  }

  private long ahead(ExternalTask task) throws Exception {
    String until = rest("GET", "/external-task/" + task.getId(), null).path("lockExpirationTime").asText();
    return OffsetDateTime.parse(until, DATE).toInstant().toEpochMilli() - System.currentTimeMillis();
  }

  private JsonNode rest(String method, String path, String body) throws Exception {
    return JSON.readTree(raw(method, path, body).body());
  }

  private HttpResponse<String> raw(String method, String path, String body) throws Exception {
    var publisher = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(URI.create(base + path)).method(method, publisher)
        .header("Content-Type", "application/json").build();
    var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    holds(answer.statusCode() < 300, method + " " + path + " answers " + answer.statusCode() + ": " + answer.body());
    return answer;
  }

  private void check(String name, Body body) {
    try {
      body.run();
      System.out.println("ok " + name);
    } catch (Throwable e) {
      failed = true;
      System.out.println("failed " + name + ": " + String.valueOf(e).replaceAll("\\s+", " "));
    }
  }

  private static void plain(JsonNode found, String name, String type, String value) {
    JsonNode variable = found.path(name);
    same(name + " " + type + " " + value, name + " " + variable.path("type").asText() + " " + variable.path("value"));
  }

  private static void same(Object expected, Object found) {
    holds(Objects.equals(expected, found), "expected " + expected + ", found " + found);
  }

  private static void holds(boolean fact, String what) {
    if (!fact) {
      throw new AssertionError(what);
    }
  }
}
