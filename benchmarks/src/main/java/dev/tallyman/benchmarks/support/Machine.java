package dev.tallyman.benchmarks.support;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** What runs the benchmarks. */
public final class Machine {
  private static final int MEGABYTE = 1_000_000;

  private Machine() {}

  /** The processor time that this process has used, of all its threads. */
  public static long processorNanos() {
    return system().getProcessCpuTime();
  }

  /** One line for people. */
  public static String describe() throws IOException {
    return "%s, %d cores, %.0f GB; %s %s; JDK %s"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            system().getTotalMemorySize() / 1e9,
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.runtime.version"));
  }

  /** How many processes wanted a core in the last minute, on average. */
  public static double loadFactor() {
    return system().getSystemLoadAverage();
  }

  /** The megabytes of live objects. */
  public static long liveMegabytes() {
    var runtime = Runtime.getRuntime();
    for (int i = 0; i < 2; i++) {
      collect();
    }
    return (runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE;
  }

  /** The most memory that this process has had, of all kinds; 0 where the system does not tell. */
  public static long peakMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / MEGABYTE)
        .findFirst()
        .orElse(0L);
  }

  /** The most that the parts of the heap have held, each at its time, dead objects included. */
  public static long peakHeapMegabytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        / MEGABYTE;
  }

  @SuppressWarnings("SystemGarbageCollection") // What is left after it is what is asked for.
  private static void collect() {
    System.gc();
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.exists(info)) {
      return System.getProperty("os.arch");
    }
    String name = "";
    String model = "";
    for (String line : Files.readAllLines(info)) {
      if (line.startsWith("model name")) {
        name = line.substring(line.indexOf(':') + 1).strip();
      } else if (line.startsWith("model\t")) {
        model = line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return name + " (model " + model + ")";
  }

  private static OperatingSystemMXBean system() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
