package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.Child;
import dev.tallyman.benchmarks.support.Folders;
import dev.tallyman.stack.Function;
import dev.tallyman.stack.LambdaProcess;
import dev.tallyman.stack.RuntimeApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * One start of a packaged function by the runtime interface client, with one core.
 *
 * @param ready nanoseconds until it asked for its first event
 * @param answered nanoseconds from then until it had answered that
 * @param processor nanoseconds of processor time of both
 */
record ColdStart(long ready, long answered, long processor) {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  long both() {
    return ready + answered;
  }

  /**
   * One start, and one answer.
   *
   * @param expected a part of every answer that is none of an error
   */
  static ColdStart measure(
      Function function, Map<String, String> variables, String event, String expected)
      throws IOException {
    long began = System.nanoTime();
    try (LambdaProcess process = start(function, variables, false)) {
      if (!process.api().awaitReady(PATIENCE)) {
        throw new IOException(function + " does not start");
      }
      long ready = System.nanoTime();
      answer(process, event, expected);
      long answered = System.nanoTime();
      return new ColdStart(ready - began, answered - ready, process.processorTime().toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Nanoseconds from the restoration of a snapshot until the first event is answered. */
  static long restore(
      Function function, Map<String, String> variables, String event, String expected)
      throws IOException {
    try (LambdaProcess process = start(function, variables, true)) {
      if (!process.api().awaitSnapshot(PATIENCE)) {
        throw new IOException(function + " does not come to its snapshot");
      }
      long began = System.nanoTime();
      process.api().restore();
      answer(process, event, expected);
      return System.nanoTime() - began;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static LambdaProcess start(
      Function function, Map<String, String> variables, boolean snapStart) throws IOException {
    Path log = Folders.temporary().resolve("log");
    return LambdaProcess.start(Child.ONE_CORE, function, variables, snapStart, log);
  }

  private static void answer(LambdaProcess process, String event, String expected)
      throws IOException, InterruptedException {
    RuntimeApi.Answer answer = process.invoke(event);
    if (answer.failed() || !answer.body().contains(expected)) {
      throw new IOException(answer.body());
    }
  }
}
