using System.Reflection;
using Argosy.Sockets;

// The worker process of the tests. The runner of the tests must never be started again as a worker, so this small program takes the
// tests' assembly as a library and serves with the handler that the test names.
//   Argosy.Sockets.TestHost PATH [datagrams | program]      PATH: the tests' assembly; program: the worker is the test's program itself
if (args is not [var tests, .. var rest] || !WorkerProcess.IsWorker)
{
    Console.Error.WriteLine("This program is started by the tests of Argosy.Sockets, as a worker process.");
    return 2;
}

switch (rest)
{
    case ["datagrams"]:
        return await WorkerProcess.RunDatagramsAsync(job => ValueTask.FromResult(Prepare<DatagramService>("DatagramScene", job)));
    case ["program"]:
        Type("DatagramProgram").GetMethod("Run")!.Invoke(null, null);
        return 3; // in a worker it does not come back
    default:
        return await WorkerProcess.RunAsync(job => ValueTask.FromResult(Prepare<WorkerService>("WorkerScene", job)));
}

TService Prepare<TService>(string type, WorkerJob job) => Type(type).GetMethod("Prepare")!.CreateDelegate<Func<WorkerJob, TService>>()(job);

Type Type(string name) => Assembly.LoadFrom(tests).GetType($"Argosy.Sockets.Tests.{name}", throwOnError: true)!;
