package dev.tallyman.api;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Caller;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.authorization.Authorization;
import dev.tallyman.api.authorization.Cors;
import dev.tallyman.api.authorization.Sessions;
import dev.tallyman.api.legacy.LegacyRoutes;
import dev.tallyman.api.message.Call;
import dev.tallyman.api.message.Handled;
import dev.tallyman.api.message.Parameter;
import dev.tallyman.api.message.Parameters;
import dev.tallyman.api.message.Problem;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.api.message.ResponseWriter;
import dev.tallyman.api.message.Route;
import dev.tallyman.api.metrics.Prometheus;
import dev.tallyman.api.provider.ProviderApiRoutes;
import dev.tallyman.api.provider.Span;
import dev.tallyman.api.site.Site;
import dev.tallyman.api.site.Tenants;
import dev.tallyman.api.v1.AlertRoutes;
import dev.tallyman.api.v1.BudgetRoutes;
import dev.tallyman.api.v1.Focus;
import dev.tallyman.api.v1.Listings;
import dev.tallyman.api.v1.Operations;
import dev.tallyman.api.v1.Questions;
import dev.tallyman.api.v1.Reconciliations;
import dev.tallyman.core.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The API: from a plain request to a plain answer. It never throws; what goes wrong becomes an
 * answer. Safe for use by many threads.
 */
public final class Routes {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
  private static final int MAX_LOGGED_PATH = 500;

  private final Site site;
  private final Sessions sessions;
  private final Tenants tenants;
  private final List<Route> table;

  /** The routes of a site. */
  public Routes(Site site) {
    this.site = site;
    this.sessions = new Sessions(site.store());
    this.tenants = new Tenants(site);
    var all = new ArrayList<Route>();
    all.addAll(new LegacyRoutes(site, tenants).routes());
    all.add(new Questions(site, tenants).route());
    all.add(new Reconciliations(site, tenants).route());
    all.addAll(new Listings(site, tenants).routes());
    all.addAll(new Operations(tenants).routes());
    all.addAll(new BudgetRoutes(site, tenants).routes());
    all.addAll(new AlertRoutes(site, tenants).routes());
    all.addAll(new ProviderApiRoutes(site, tenants).routes());
    all.add(new Focus(site, tenants).route());
    all.add(new Prometheus(site, tenants).route());
    all.addAll(sessions.routes());
    all.add(OpenApi.route(all));
    this.table = List.copyOf(all);
  }

  /** The answer to this request; an answer to HEAD has no body. Tells the log once. */
  public Response handle(Request request) {
    long began = System.nanoTime();
    Served served = serve(request);
    Response response = finished(request, served);
    site.log().accept(handled(request, served, response, System.nanoTime() - began));
    return response;
  }

  /**
   * The answer to what a server could not take as a request, in the form of all errors. Tells the
   * log once.
   *
   * @param status what HTTP calls it, for instance 431
   * @param id names it in the log and in the answer
   */
  public Response refuse(int status, String id) {
    long began = System.nanoTime();
    var nothing = new Request("", "", "", Map.of(), Response.NO_BODY, false, false, id);
    var reply = Errors.reply(Problem.unreadable(status, nothing.id()), Route.Form.OPENAI);
    Served served = new Progress().served(ResponseWriter.response(nothing, reply, false), null);
    Response response = finished(nothing, served);
    site.log().accept(handled(nothing, served, response, System.nanoTime() - began));
    return response;
  }

  /** All operations, in order. */
  List<Route> table() {
    return table;
  }

  private Served serve(Request request) {
    Route.Form form = Errors.formOf(request.path());
    var progress = new Progress();
    try {
      requireFit(request);
      Authorization.requireClear(request);
      Optional<Response> page = Dashboard.answer(request);
      return progress.served(page.isPresent() ? page.get() : routed(request, progress), null);
    } catch (Problem problem) {
      return progress.served(told(request, problem, form, progress), null);
    } catch (StoreException failed) {
      var problem =
          new Problem(
              503,
              "server_error",
              failed.passing() ? "store_busy" : "store_failed",
              "",
              "The store does not answer"
                  + (failed.passing()
                      ? "; try again in a moment."
                      : "; 'tallyman doctor' says why."));
      return progress.served(
          told(request, problem, form, progress).with("Retry-After", "1"), failed);
    } catch (RuntimeException bug) {
      var problem = Problem.internal(request.id());
      return progress.served(told(request, problem, form, progress), bug);
    }
  }

  private static Response told(
      Request request, Problem problem, Route.Form form, Progress progress) {
    Problem named = progress.route == null ? problem : Errors.named(problem, progress.route);
    var response = ResponseWriter.response(request, Errors.reply(named, form), false);
    return problem.allow().map(allow -> response.with("Allow", allow)).orElse(response);
  }

  private Response routed(Request request, Progress progress) {
    if (!METHODS.contains(request.method())) {
      throw new Problem(
          501, "invalid_request_error", "unknown_method", "", "This method is not known here.");
    }
    Access access = site.access().get();
    progress.access = access;
    var found = find(request);
    if ("OPTIONS".equals(request.method())) {
      return Cors.preflight(request, access, found.keySet());
    }
    String method = "HEAD".equals(request.method()) ? "GET" : request.method();
    Match match = found.get(method);
    if (match == null) {
      throw Problem.methodNotAllowed(Cors.allowed(found.keySet()));
    }
    Route route = match.route();
    progress.route = route;
    var query = Parameters.parse(request.query());
    var now = site.clock().instant();
    if (route.needs() != Role.NONE) {
      progress.caller = Authorization.caller(request, access, sessions);
    }
    Authorization.check(request, route, progress.caller, access);
    var call = new Call(request, match.path(), query, access, progress.caller, now);
    requireKnown(route, query);
    requireJson(route, request);
    progress.organization = tenants.id(route, call);
    boolean csv = route.answer().table() && call.wantsCsv();
    return ResponseWriter.response(request, route.handler().answer(call), csv);
  }

  private Map<String, Match> find(Request request) {
    List<String> wanted = new ArrayList<>();
    if (request.path().startsWith("/")) {
      for (String segment : request.path().substring(1).split("/", -1)) {
        wanted.add(Parameters.decode(segment, false, ""));
      }
    }
    var found = new HashMap<String, Match>();
    for (Route route : table) {
      Optional<Map<String, String>> path = match(route.segments(), wanted);
      path.ifPresent(values -> found.putIfAbsent(route.method(), new Match(route, values)));
    }
    if (found.isEmpty()) {
      throw Problem.notFound(
          "There is nothing at '"
              + Parameter.shown(request.path())
              + "'; /api/v1/openapi.json lists what there is.");
    }
    return found;
  }

  private static Optional<Map<String, String>> match(List<String> template, List<String> wanted) {
    if (template.size() != wanted.size()) {
      return Optional.empty();
    }
    var values = new HashMap<String, String>();
    for (int i = 0; i < template.size(); i++) {
      String part = template.get(i);
      if (part.startsWith("{")) {
        if (wanted.get(i).isEmpty()) {
          return Optional.empty();
        }
        values.put(part.substring(1, part.length() - 1), wanted.get(i));
      } else if (!part.equals(wanted.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  private static void requireFit(Request request) {
    if (request.path().length() + request.query().length() > Request.MAX_TARGET) {
      throw Problem.urlTooLong();
    }
    long headers = 0;
    int count = 0;
    for (var header : request.headers().entrySet()) {
      for (String value : header.getValue()) {
        headers += header.getKey().length() + (long) value.length();
        count++;
      }
    }
    if (headers > Request.MAX_HEADERS || count > Request.MAX_HEADER_COUNT) {
      throw Problem.headersTooLarge();
    }
    if (request.body().length() > Request.MAX_BODY) {
      throw Problem.bodyTooLarge();
    }
  }

  /**
   * Refuses misspelt parameters of the native API and of the provider's; the compatible one ignores
   * what it ignored.
   */
  private static void requireKnown(Route route, Parameters query) {
    if (route.form() != Route.Form.OPENAI && route.form() != Route.Form.PROVIDER) {
      return;
    }
    Set<String> known =
        route.parameters().stream()
            .filter(parameter -> !parameter.inPath())
            .map(Parameter::name)
            .collect(Collectors.toCollection(TreeSet::new));
    for (String name : query.names()) {
      String bare = route.form() == Route.Form.PROVIDER ? Span.bare(name) : name;
      if (!known.contains(bare)) {
        throw Problem.invalid(
            "unknown_parameter",
            Parameter.shown(name),
            "There is no parameter '"
                + Parameter.shown(name)
                + "' here; known: "
                + (known.isEmpty() ? "none" : String.join(", ", known))
                + ".");
      }
    }
  }

  private static void requireJson(Route route, Request request) {
    if (route.body().isEmpty() || request.body().length() == 0) {
      return;
    }
    String type = request.header("Content-Type").orElse("").toLowerCase(java.util.Locale.ROOT);
    if (!"application/json".equals(type.split(";", 2)[0].strip())) {
      throw new Problem(
          415,
          "invalid_request_error",
          "unsupported_media_type",
          "",
          "The body must be JSON, sent with the header 'Content-Type: application/json'.");
    }
  }

  private static Response finished(Request request, Served served) {
    Response finished =
        served
            .response()
            .with("X-Request-Id", request.id())
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "no-referrer");
    if (finished.header("Cache-Control").isEmpty()) {
      finished = finished.with("Cache-Control", "private, no-store");
    }
    Route route = served.route();
    if (request.path().startsWith("/api/") || (route != null && route.needs() != Role.NONE)) {
      finished = finished.varyingOn("Authorization").varyingOn("Cookie");
    }
    if (served.access() != null) {
      finished = Cors.allow(request, finished, served.access());
    }
    if ("HEAD".equals(request.method())) {
      int length = finished.body().length();
      return new Response(
          finished.status(),
          length == 0 ? finished.headers() : finished.with("Content-Length", "" + length).headers(),
          Response.NO_BODY);
    }
    return finished;
  }

  private Handled handled(Request request, Served served, Response response, long nanos) {
    String path = request.path();
    return new Handled(
        site.clock().instant(),
        request.method(),
        path.length() > MAX_LOGGED_PATH ? path.substring(0, MAX_LOGGED_PATH) : path,
        Optional.ofNullable(served.route()).map(Route::id),
        served.organization(),
        response.status(),
        Duration.ofNanos(nanos),
        served.role(),
        request.id(),
        Optional.ofNullable(served.failure()).map(Routes::named));
  }

  /** What failed and where, without its message: a message may quote what was sent. */
  private static String named(Throwable failure) {
    var names = new LinkedHashSet<String>();
    Throwable each = failure;
    while (each != null && names.size() < 5) {
      var frames = each.getStackTrace();
      names.add(each.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]));
      each = each.getCause();
    }
    return String.join("; ", names);
  }

  private record Match(Route route, Map<String, String> path) {}

  /** How far a request has come: what is known of it even when it fails. */
  private static final class Progress {
    private Caller caller = Caller.NOBODY;
    private @Nullable Access access;
    private @Nullable Route route;
    private Optional<String> organization = Optional.empty();

    Served served(Response response, @Nullable RuntimeException failure) {
      return new Served(response, caller.role(), access, route, organization, failure);
    }
  }

  private record Served(
      Response response,
      Role role,
      @Nullable Access access,
      @Nullable Route route,
      Optional<String> organization,
      @Nullable RuntimeException failure) {}
}
