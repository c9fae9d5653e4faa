package dev.tallyman.benchmarks.support;

import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.ScalarResult;

/** The processor time of an operation, in microseconds: what others do meanwhile is not in it. */
public final class ProcessorTime implements InternalProfiler {
  private static final String LABEL = "cpu";

  private long before;

  /** The middle one of the iterations of a benchmark that was run with this profiler. */
  public static long medianNanos(RunResult result) {
    Result<?> times = result.getSecondaryResults().get(LABEL);
    if (times == null) {
      throw new IllegalArgumentException("not measured: " + result.getParams().getBenchmark());
    }
    return (long) (times.getStatistics().getPercentile(50) * 1_000);
  }

  @Override
  public String getDescription() {
    return "processor time of this process";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = Machine.processorNanos();
  }

  @Override
  public List<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long nanos = Machine.processorNanos() - before;
    long operations = Math.max(1, result.getMetadata().getMeasuredOps());
    return List.of(
        new ScalarResult(LABEL, nanos / 1e3 / operations, "us/op", AggregationPolicy.AVG));
  }
}
