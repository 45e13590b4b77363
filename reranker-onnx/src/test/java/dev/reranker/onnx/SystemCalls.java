package dev.reranker.onnx;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a traced process and all its children asked the kernel for, as strace wrote it down. */
final class SystemCalls {

  /** Set to "required" where a machine must be able to trace: then nothing is skipped. */
  private static final String REQUIREMENT = "RERANKER_TRACE";

  private static final Pattern CALL = Pattern.compile("\\d+ +(\\w+)\\((.*)");
  private static final Pattern QUOTED =
      Pattern.compile("(?:(AT_FDCWD|\\d+)<([^>]*)>, )?\"([^\"]*)\"");

  private static final Set<String> WRITING =
      Set.of("creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2");
  private static final Set<String> LINKING =
      Set.of("link", "linkat", "symlink", "symlinkat", "truncate");

  /** The C library reads these for a host's name and for nothing else. */
  private static final Set<String> NAMES =
      Set.of("/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf");

  private record Call(String name, String arguments) {}

  private final List<Call> calls;
  private final Path folder;

  private SystemCalls(List<Call> calls, Path folder) {
    this.calls = calls;
    this.folder = folder;
  }

  /** The command that traces another into a file; skips the test where that is not possible. */
  static String[] into(Path trace) throws InterruptedException {
    String[] command = {
      "strace",
      "-f",
      "-qq",
      "-y",
      "-s",
      "4096",
      "-o",
      trace.toString(),
      "-e",
      "signal=none",
      "-e",
      "trace=%network,execve,?execveat,?io_uring_setup," + files()
    };
    var probe = new ArrayList<>(List.of(command));
    probe.add("true");
    try {
      Process process = new ProcessBuilder(probe).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        impossible("strace cannot trace here: " + said.strip());
      }
    } catch (IOException e) {
      impossible("there is no strace here: " + e.getMessage());
    }
    return command;
  }

  private static String files() {
    var names = new TreeSet<>(Set.of("open", "openat", "openat2"));
    names.addAll(WRITING);
    names.addAll(LINKING);
    return "?" + String.join(",?", names);
  }

  private static void impossible(String why) {
    if ("required".equals(System.getenv(REQUIREMENT))) {
      fail(why + "; it is needed, since " + REQUIREMENT + " is \"required\"");
    }
    abort("sockets, look-ups and writes elsewhere are not checked: " + why);
  }

  /**
   * Reads a trace.
   *
   * @param folder the traced process's working directory
   */
  static SystemCalls read(Path trace, Path folder) throws IOException {
    try (Stream<String> lines = Files.lines(trace)) {
      return new SystemCalls(
          lines
              .map(CALL::matcher)
              .filter(Matcher::matches)
              .map(line -> new Call(line.group(1), line.group(2)))
              .toList(),
          folder);
    }
  }

  /**
   * Whatever reaches for another process or machine. Not: making a socket, which the JDK does three
   * times when it loads its network library, to learn what the system can, and the question of the
   * C library to its own cache of users and names.
   */
  List<String> connections() {
    return calls.stream()
        .filter(
            call ->
                switch (call.name) {
                  case "socket" ->
                      call.arguments.matches("(?s).*(AF_PACKET|AF_NETLINK|SOCK_RAW).*");
                  case "connect", "bind", "sendto", "sendmsg", "sendmmsg" ->
                      !call.arguments.contains("/nscd/socket");
                  case "listen", "accept", "accept4", "io_uring_setup" -> true;
                  default -> false;
                })
        .map(call -> call.name + "(" + call.arguments)
        .toList();
  }

  /** The files read that tell the address of a host's name. */
  Set<String> lookUps() {
    Set<String> read = new TreeSet<>(NAMES);
    read.retainAll(
        calls.stream()
            .filter(call -> call.name.startsWith("open"))
            .flatMap(call -> paths(call).stream().map(Path::toString))
            .toList());
    return read;
  }

  /** The programs started, the first of them the JVM. */
  List<String> programs() {
    return calls.stream()
        .filter(call -> call.name.startsWith("execve") && call.arguments.contains("= 0"))
        .flatMap(call -> paths(call).stream().limit(1))
        .map(path -> path.getFileName().toString())
        .toList();
  }

  /** Every path that was made, opened for writing or named anew; devices and /proc left out. */
  Set<Path> written() {
    var written = new TreeSet<Path>();
    for (Call call : calls) {
      boolean opened =
          call.name.startsWith("open") && call.arguments.matches(".*O_(WRONLY|RDWR|CREAT).*");
      if (opened || WRITING.contains(call.name) || LINKING.contains(call.name)) {
        paths(call).stream()
            .filter(path -> !path.startsWith("/dev") && !path.startsWith("/proc"))
            .forEach(written::add);
      }
    }
    return written;
  }

  private List<Path> paths(Call call) {
    var paths = new ArrayList<Path>();
    Matcher quoted = QUOTED.matcher(call.arguments);
    while (quoted.find()) {
      Path from = quoted.group(2) == null ? folder : Path.of(quoted.group(2));
      paths.add(from.resolve(quoted.group(3)).normalize());
    }
    return paths;
  }
}
