/* program_process: read from the kernel when it is asked for; what cannot be read is left out. */
#include "program_process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void add_value(struct buf *out, const char *name, const char *type, const char *help, double value) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name, value);
}

static int count_descriptors(void) {
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return -1;
    int count = -1; /* the directory's own */
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* The fields of proc(5)'s stat behind the name, which may hold anything but ends at the last ')'. */
static bool read_stat(unsigned long long *start_ticks, long *resident_pages) {
    FILE *file = fopen("/proc/self/stat", "re");
    if (!file)
        return false;
    char line[2048];
    size_t len = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[len] = '\0';
    const char *rest = strrchr(line, ')');
    return rest && sscanf(rest + 1,
                          " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu "
                          "%*u %ld",
                          start_ticks, resident_pages) == 2;
}

static double since_boot(void) {
    struct timespec now, up;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9;
}

void process_render(const char *program, struct buf *out) {
    buf_printf(
        out,
        "# HELP earshot_build_info The running program and its version\n# TYPE earshot_build_info gauge\n"
        "earshot_build_info{program=\"%s\",version=\"%s\"} 1\n",
        program, EARSHOT_VERSION);
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) == 0)
        add_value(out, "process_cpu_seconds_total", "counter", "Processor time, user and system",
                  (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                      (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    unsigned long long start_ticks;
    long resident_pages;
    if (read_stat(&start_ticks, &resident_pages)) {
        add_value(out, "process_resident_memory_bytes", "gauge", "Resident memory",
                  (double)resident_pages * (double)sysconf(_SC_PAGESIZE));
        add_value(out, "process_start_time_seconds", "gauge", "Unix time of the start",
                  since_boot() + (double)start_ticks / (double)sysconf(_SC_CLK_TCK));
    }
    int descriptors = count_descriptors();
    if (descriptors >= 0)
        add_value(out, "process_open_fds", "gauge", "Open file descriptors", descriptors);
}
