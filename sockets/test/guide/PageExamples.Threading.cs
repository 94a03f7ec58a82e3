#pragma warning disable CS1998, CS0219, CS0168, CS8321, CS4014, IDE0005, IDE0051, IDE0052, IDE0059, IDE0060 // one-line examples: compiled, not run
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The examples of docs/socketserver.md, so that they compile. <c>SocketServerPageTests</c> compares.</summary>
internal sealed partial class PageExamples
{
    private async Task ThreadingAsync()
    {
        {
            var thread = new Thread(() => Console.WriteLine("running")); thread.Start();
        }

        {
            var ended = thread.Join(TimeSpan.FromSeconds(5));
        }

        {
            Console.WriteLine(thread.IsAlive);
        }

        {
            thread.Name = "reader";
        }

        {
            thread.IsBackground = true;
        }

        {
            Console.WriteLine(Environment.CurrentManagedThreadId);
        }

        {
            Console.WriteLine(Thread.CurrentThread.Name);
        }

        {
            var main = Thread.CurrentThread;
        }

        {
            Console.WriteLine(server.ActiveConnections);
        }

        {
            var threads = new List<Thread> { thread };
        }

        {
            lock (gate) counter++;
        }

        {
            lock (gate) { lock (gate) counter++; }
        }

        {
            var monitor = new object();
        }

        {
            lock (monitor) { while (counter == 0) Monitor.Wait(monitor); }
        }

        {
            lock (monitor) { while (counter < 3) Monitor.Wait(monitor, TimeSpan.FromSeconds(1)); }
        }

        {
            lock (monitor) Monitor.Pulse(monitor);
        }

        {
            lock (monitor) Monitor.PulseAll(monitor);
        }

        {
            await semaphore.WaitAsync(); semaphore.Release();
        }

        {
            var bounded = new SemaphoreSlim(initialCount: 3, maxCount: 3);
        }

        {
            var ready = new ManualResetEventSlim(); ready.Set(); ready.Wait(TimeSpan.FromSeconds(1));
        }

        {
            var barrier = new Barrier(participantCount: 1); barrier.SignalAndWait();
        }

        {
            barrier.SignalAndWait(cancellation.Token);
        }

        {
            using var timer = new Timer(_ => Console.WriteLine("due"), null, dueTime: 1000, period: Timeout.Infinite);
        }

        {
            timer.Change(dueTime: 500, period: 500);
        }

        {
            var perThread = new ThreadLocal<int>(() => 1);
        }

        {
            var deep = new Thread(Work, maxStackSize: 16 * 1024 * 1024);
        }

        {
            await semaphore.WaitAsync(Timeout.InfiniteTimeSpan);
        }

        {
            try { Monitor.Exit(monitor); } catch (SynchronizationLockException) { counter = 0; }
        }

        {
            AppDomain.CurrentDomain.UnhandledException += (_, e) => Console.Error.WriteLine(e.ExceptionObject);
        }
    }

    private async Task QueueAsync()
    {
        {
            var channel = Channel.CreateBounded<int>(capacity: 10);
        }

        {
            await channel.Writer.WriteAsync(1);
        }

        {
            if (!channel.Writer.TryWrite(1)) Console.WriteLine("full");
        }

        {
            var item = await channel.Reader.ReadAsync();
        }

        {
            if (!channel.Reader.TryRead(out var next)) Console.WriteLine("empty");
        }

        {
            Console.WriteLine(channel.Reader.Count);
        }

        {
            var isEmpty = !channel.Reader.TryPeek(out _);
        }

        {
            channel.Writer.Complete(); await channel.Reader.Completion;
        }

        {
            var stack = new BlockingCollection<int>(new ConcurrentStack<int>(), boundedCapacity: 10);
        }

        {
            var urgent = Channel.CreateUnboundedPrioritized<int>();
        }

        {
            var simple = Channel.CreateUnbounded<string>();
        }
    }
}
