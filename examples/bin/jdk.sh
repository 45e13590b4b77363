# Read by the launchers: where is a JDK?
#
# find_jdk VERSION [PROGRAM] prints the folder of a JDK of that feature version or newer that has bin/PROGRAM (java
# where none is named): JAVA_HOME, else the one of `java` on the PATH, else the newest in the usual places. Where there
# is none it prints nothing and returns 1. no_jdk VERSION says what was looked at. Both work under set -eu.

# The feature version of a JDK's folder (21 for 21.0.4), empty where it is none.
jdk_version() {
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]\{1,\}\).*/\2/p' "$1/release" | head -n 1
  else
    "$1/bin/java" -version 2>&1 </dev/null |
      sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9]\{1,\}\).*/\2/p' | head -n 1
  fi
}

# The JDK of `java` on the PATH; a wrapper (jenv's, asdf's, macOS's) is asked where its own is.
jdk_on_path() {
  java_on_path=$(command -v java) || return 0
  java_real=$(readlink -f "$java_on_path") || java_real=$java_on_path
  java_folder=$(dirname "$(dirname "$java_real")")
  if [ ! -r "$java_folder/release" ]; then
    java_folder=$("$java_on_path" -XshowSettings:properties -version 2>&1 </dev/null |
      sed -n 's/^ *java\.home = //p' | head -n 1)
  fi
  printf '%s\n' "$java_folder"
}

find_jdk() {
  for jdk in "${JAVA_HOME:-}" "$(jdk_on_path)"; do
    [ -n "$jdk" ] && [ -x "$jdk/bin/${2:-java}" ] || continue
    found=$(jdk_version "$jdk")
    if [ -n "$found" ] && [ "$found" -ge "$1" ]; then
      printf '%s\n' "$jdk"
      return
    fi
  done
  newest=0
  set -- "$1" "${2:-java}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
  if [ -n "${HOME:-}" ]; then
    set -- "$@" "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.m2/jdks/*
  fi
  needed=$1
  program=$2
  shift 2
  for jdk in "$@"; do
    [ -x "$jdk/bin/$program" ] || continue
    found=$(jdk_version "$jdk")
    if [ -n "$found" ] && [ "$found" -ge "$needed" ] && [ "$found" -gt "$newest" ]; then
      newest=$found
      best=$jdk
    fi
  done
  [ "$newest" -gt 0 ] || return 1
  printf '%s\n' "$best"
}

# Says that there is none, and what JAVA_HOME is.
no_jdk() {
  printf 'needs a JDK %s or newer, for example Temurin 25: install one, or set JAVA_HOME to it' "$1"
  if [ -n "${JAVA_HOME:-}" ]; then
    found=$(jdk_version "$JAVA_HOME")
    if [ -n "$found" ]; then
      printf ' (it is %s, a JDK %s)' "$JAVA_HOME" "$found"
    else
      printf ' (it is %s, which has no bin/java that tells its version)' "$JAVA_HOME"
    fi
  fi
  echo
}
