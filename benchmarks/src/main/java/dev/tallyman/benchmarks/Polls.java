package dev.tallyman.benchmarks;

import dev.tallyman.benchmarks.support.Child;
import dev.tallyman.benchmarks.support.DynamoDb;
import dev.tallyman.benchmarks.support.Figures;
import dev.tallyman.dynamodb.Consumption;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.simulator.Size;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;

/** A generated organization, its ledger in DynamoDB Local, and a process that polls it. */
final class Polls implements AutoCloseable {
  private final Simulator simulator;
  private final DynamoDb table;
  private final Child poller;
  private volatile Instant now;

  Polls(Size size, Instant start) throws IOException {
    now = start;
    simulator = Simulator.builder(this::now).size(size).build().start();
    table = DynamoDb.open(this::now);
    poller = Child.startAsInLambda(PollRun.class, simulator.baseUrl().toString(), table.name());
  }

  /**
   * What a poll used.
   *
   * @param processor nanoseconds of processor time
   * @param heap megabytes that the heap has held at most so far, dead objects included
   * @param peak megabytes that the process has had at most so far, of all kinds
   */
  record Used(Consumption.Sum units, long processor, long heap, long peak) {
    private static Used of(Figures figures) {
      return new Used(
          new Consumption.Sum(
              figures.number("requests"),
              0,
              new BigDecimal(figures.text("reads")),
              new BigDecimal(figures.text("writes"))),
          figures.number("cpu"),
          figures.number("heap"),
          figures.number("peak"));
    }

    static Used mean(List<Used> all) {
      BigDecimal count = BigDecimal.valueOf(all.size());
      Consumption.Sum sum = all.stream().map(Used::units).reduce(Consumption.Sum.NONE, Used::plus);
      return new Used(
          new Consumption.Sum(
              Math.ceilDiv(sum.requests(), all.size()),
              0,
              sum.readUnits().divide(count, 1, RoundingMode.UP),
              sum.writeUnits().divide(count, 1, RoundingMode.UP)),
          all.stream().mapToLong(Used::processor).sum() / all.size(),
          all.getLast().heap(),
          all.getLast().peak());
    }

    private static Consumption.Sum plus(Consumption.Sum one, Consumption.Sum other) {
      return new Consumption.Sum(
          one.requests() + other.requests(),
          0,
          one.readUnits().add(other.readUnits()),
          one.writeUnits().add(other.writeUnits()));
    }
  }

  Instant now() {
    return now;
  }

  void at(Instant instant) {
    now = instant;
  }

  DynamoDb table() {
    return table;
  }

  Used poll() throws IOException {
    return Used.of(poller.ask("cycle " + now));
  }

  /** Reads the week before, and polls until the names of all projects and keys have come in. */
  void settle() throws IOException {
    while (poller.ask("fill " + now).number("left") > 0) {
      // One slice after the other.
    }
    while (poller.ask("cycle " + now).number("left") > 0) {
      // A few names with each.
    }
  }

  @Override
  public void close() {
    poller.close();
    table.close();
    simulator.close();
  }
}
