package dev.tallyman.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tallyman.core.CleanProcess;
import dev.tallyman.dynamodb.Template;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A function as Lambda starts it: the runtime interface client, which loads the function from the
 * folder that becomes its zip, and nothing else of ours.
 */
public final class LambdaProcess implements AutoCloseable {
  /** How much time an invocation is given: of history it reads as much as fits into that. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What the managed runtime adds: C1 alone unless a snapshot is taken. */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");

  /** What Lambda brings along, where Maven has put it. */
  private static final Path CLIENT = Function.target("stack").resolve("runtime");

  private static final String NATIVE_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private final RuntimeApi api;
  private final Process process;
  private final Path log;

  private LambdaProcess(RuntimeApi api, Process process, Path log) {
    this.api = api;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a function.
   *
   * @param snapStart whether a snapshot is taken after its start
   * @param log where what it prints goes
   */
  public static LambdaProcess start(
      Function function, Map<String, String> variables, boolean snapStart, Path log)
      throws IOException {
    return start(List.of(), function, variables, snapStart, log);
  }

  /**
   * The same behind another command.
   *
   * @param before such as {@code taskset -c 0}, which runs what follows with one core
   */
  public static LambdaProcess start(
      List<String> before,
      Function function,
      Map<String, String> variables,
      boolean snapStart,
      Path log)
      throws IOException {
    Path packaged = function.packaged();
    var api = new RuntimeApi();
    var command = new ArrayList<String>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    // 512 MB, of which the runtime leaves the heap about this much.
    command.add("-Xmx445644k");
    if (!snapStart) {
      command.add("-XX:TieredStopAtLevel=1");
    }
    command.add("-D" + NATIVE_PROPERTY + "=" + nativePart(log));
    command.add("-cp");
    command.add(CLIENT + File.separator + "*");
    command.add("com.amazonaws.services.lambda.runtime.api.client.AWSLambda");
    command.add(function.handler(Template.read()) + "::handleRequest");
    var builder =
        CleanProcess.of(command)
            // From here, and from lib below it, the client loads the function.
            .directory(packaged.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    var environment = builder.environment();
    environment.putAll(variables);
    environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "tallyman");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
    environment.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", snapStart ? "snap-start" : "on-demand");
    environment.put("LAMBDA_TASK_ROOT", packaged.toString());
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_ACCESS_KEY_ID", "local");
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    Process process = builder.start();
    var _ = process.onExit().thenAccept(ended -> api.fail("ended with " + ended.exitValue()));
    return new LambdaProcess(api, process, log);
  }

  /**
   * The client's own native part, for this process alone: left to itself every client writes it to
   * one place in /tmp, and a process that has mapped what another one writes anew dies by a signal.
   */
  private static Path nativePart(Path log) throws IOException {
    String kind = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    Path part = log.resolveSibling(log.getFileName() + ".so");
    for (Path jar : jars()) {
      try (var opened = new ZipFile(jar.toFile())) {
        ZipEntry entry = opened.getEntry("jni/libaws-lambda-jni.linux-" + kind + ".so");
        if (entry != null) {
          try (var in = opened.getInputStream(entry)) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
          }
          return part;
        }
      }
    }
    throw new IOException("no jar of " + CLIENT + " has the native part for " + kind);
  }

  private static List<Path> jars() throws IOException {
    try (var files = Files.list(CLIENT)) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  /** The other side of it. */
  public RuntimeApi api() {
    return api;
  }

  /** What the function makes of an event, started or not. */
  public RuntimeApi.Answer invoke(String payload) throws InterruptedException {
    return api.invoke(payload, TIMEOUT, PATIENCE);
  }

  /** The processor time that it has used so far. */
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** All that it has printed so far. */
  public String printed() throws IOException {
    return Files.readString(log, UTF_8);
  }

  /** Ends it as Lambda does when its time is over: at once. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    api.close();
  }
}
