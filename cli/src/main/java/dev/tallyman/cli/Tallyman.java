package dev.tallyman.cli;

import dev.tallyman.cli.command.Apply;
import dev.tallyman.cli.command.Aws;
import dev.tallyman.cli.command.Check;
import dev.tallyman.cli.command.Completion;
import dev.tallyman.cli.command.Explain;
import dev.tallyman.cli.command.Export;
import dev.tallyman.cli.command.ListCommand;
import dev.tallyman.cli.command.Mute;
import dev.tallyman.cli.command.Prices;
import dev.tallyman.cli.command.Redeliver;
import dev.tallyman.cli.command.Spend;
import dev.tallyman.cli.command.Status;
import dev.tallyman.cli.command.Statusline;
import dev.tallyman.cli.command.TestChannel;
import dev.tallyman.cli.command.Today;
import dev.tallyman.cli.command.Token;
import dev.tallyman.cli.command.TokenNew;
import dev.tallyman.cli.command.Watch;
import dev.tallyman.cli.local.Backfill;
import dev.tallyman.cli.local.Doctor;
import dev.tallyman.cli.local.Poll;
import dev.tallyman.cli.local.Serve;
import dev.tallyman.cli.local.Simulate;
import dev.tallyman.cli.local.StoppableStore;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Failure;
import dev.tallyman.cli.process.ProcessContext;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.cli.show.Terminal;
import dev.tallyman.cli.show.Text;
import dev.tallyman.core.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code tallyman} command. */
public final class Tallyman {
  /** What conversions say to programmers. */
  private static final Pattern JAVA = Pattern.compile(" \\((java|picocli)[.].*\\)$");

  /** Options that are the whole command's, so that what they begin is not {@code serve}. */
  private static final Set<String> OWN = Set.of("-h", "--help", "-V", "--version");

  /** What has to know all subcommands. */
  private static final Set<String> OF_ALL = Set.of("completion");

  /** The longest that a signal waits for a command to end by itself. */
  private static final Duration LONGEST_END = Duration.ofSeconds(9);

  private Tallyman() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    Stop stop = new Stop();
    CountDownLatch ended = new CountDownLatch(1);
    // On a signal the JVM ends when this hook does, with the exit code of that signal.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(stop, ended)));
    int code = run(ProcessContext.ofProcess(), stop, args);
    ended.countDown();
    System.exit(code);
  }

  private static void end(Stop stop, CountDownLatch ended) {
    stop.now();
    try {
      if (!ended.await(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs one command; without one, {@code serve}.
   *
   * @return an exit code of {@link Exit}
   */
  static int run(ProcessContext context, Stop stop, String... args) {
    List<String> words = new ArrayList<>(Arrays.asList(args));
    boolean none = words.isEmpty() || words.getFirst().startsWith("-");
    if (none && (words.isEmpty() || !OWN.contains(words.getFirst()))) {
      words.addFirst("serve");
    }
    int code =
        commandLine(context, stop, _ -> {}, words.getFirst()).execute(words.toArray(String[]::new));
    context.terminal().out().flush();
    context.terminal().err().flush();
    return code;
  }

  /**
   * The command with all its subcommands; each says by itself what wrong use exits with.
   *
   * @param listening is told the port of a server as soon as it answers
   */
  static CommandLine commandLine(ProcessContext context, Stop stop, Consumer<Integer> listening) {
    return commandLine(context, stop, listening, "");
  }

  /**
   * The same, with one of its subcommands only where it is known which runs: to make each of them
   * takes longer than to run most.
   *
   * @param first what was typed first
   */
  private static CommandLine commandLine(
      ProcessContext context, Stop stop, Consumer<Integer> listening, String first) {
    CommandLine root = new CommandLine(new Root());
    Map<String, Supplier<Object>> commands = commands(context, stop, listening);
    if (commands.containsKey(first) && !OF_ALL.contains(first)) {
      commands.keySet().retainAll(Set.of(first));
    }
    commands.values().forEach(command -> root.addSubcommand(command.get()));
    Terminal terminal = context.terminal();
    root.setOut(terminal.out());
    root.setErr(terminal.err());
    root.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF));
    root.setUsageHelpWidth(Math.min(terminal.width(), 100));
    root.setParameterExceptionHandler(Tallyman::misused);
    root.setExecutionExceptionHandler(Tallyman::failed);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    prepare(root);
    return root;
  }

  /** What makes each subcommand, by its name, in the order of the help. */
  private static Map<String, Supplier<Object>> commands(
      ProcessContext context, Stop stop, Consumer<Integer> listening) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("serve", () -> new Serve(context, stop, listening));
    commands.put("poll", () -> new Poll(context, stop));
    commands.put("backfill", () -> new Backfill(context, stop));
    commands.put("spend", () -> new Spend(context));
    commands.put("today", () -> new Today(context));
    commands.put("watch", () -> new Watch(context, stop));
    commands.put("statusline", () -> new Statusline(context));
    commands.put("status", () -> new Status(context));
    commands.put("models", () -> ListCommand.of("models", context));
    commands.put("prices", () -> new Prices(context));
    commands.put("budgets", () -> ListCommand.of("budgets", context));
    commands.put("check", () -> new Check(context));
    commands.put("forecast", () -> ListCommand.of("forecast", context));
    commands.put("alerts", () -> ListCommand.of("alerts", context));
    commands.put("explain", () -> new Explain(context));
    commands.put("mute", () -> new Mute(context));
    commands.put(
        "channels",
        () -> ListCommand.of("channels", context).addSubcommand(new TestChannel(context)));
    commands.put("deliveries", () -> ListCommand.of("deliveries", context));
    commands.put("redeliver", () -> new Redeliver(context));
    commands.put("export", () -> new Export(context, stop));
    commands.put("apply", () -> new Apply(context));
    commands.put("token", () -> new CommandLine(new Token()).addSubcommand(new TokenNew(context)));
    commands.put("simulate", () -> new Simulate(context, stop));
    commands.put("doctor", () -> new Doctor(context));
    commands.put("aws", () -> new Aws(context));
    commands.put("completion", () -> new Completion(context));
    return commands;
  }

  /** A subcommand does not take them over from the command above it. */
  private static void prepare(CommandLine command) {
    command
        .getCommandSpec()
        .mixinStandardHelpOptions(true)
        .exitCodeOnInvalidInput(Exit.USAGE)
        .exitCodeOnExecutionException(Exit.BUG);
    command.getSubcommands().values().forEach(Tallyman::prepare);
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.print("tallyman: " + Text.safe(JAVA.matcher(Failure.message(e)).replaceAll("")) + "\n");
    UnmatchedArgumentException.printSuggestions(e, err);
    err.print(
        "`" + command.getCommandSpec().qualifiedName() + " --help` tells what is possible.\n");
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    Optional<Failure> expected =
        switch (e) {
          case Failure failure -> Optional.of(failure);
          case StoreException failure -> Optional.of(Failure.of(failure));
          case StoppableStore.StoppedException _ ->
              Optional.of(new Failure(Exit.SOME_FAILED, "Stopped; run it again to go on."));
          default -> Optional.empty();
        };
    if (expected.isPresent()) {
      expected.get().print(err);
      return expected.get().code();
    }
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    err.print("tallyman: this is a bug; please report it with what follows\n" + trace);
    err.flush();
    return command.getCommandSpec().exitCodeOnExecutionException();
  }
}
