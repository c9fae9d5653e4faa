package dev.tallyman.cli.config;

import dev.tallyman.cli.process.ProcessContext;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say where configuration and ledgers are. */
public final class LocationOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The configuration; otherwise tallyman.yaml in this folder or in the configuration"
              + " folder of the user, if it is there.")
  private Optional<String> file = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder of the ledgers; otherwise the data folder of the user.")
  private Optional<String> data = Optional.empty();

  public Optional<String> file() {
    return file;
  }

  public Optional<String> data() {
    return data;
  }

  public Config config(ProcessContext context, Config.Needs needs) {
    return Config.load(context, Config.Flags.of(file, data), needs);
  }
}
