namespace Argosy.Sockets.Tests;

/// <summary>A datagram's handler that talks with its test. It captures nothing: worker processes run it too.</summary>
public delegate ValueTask DatagramSceneHandler(DatagramContext context, Scene scene);

/// <summary>What a datagram server of the tests serves with, in whatever process.</summary>
public static class DatagramScene
{
    /// <summary>What the host program calls.</summary>
    public static DatagramService Prepare(WorkerJob job)
    {
        var script = SceneScript.Read(job.Configuration.ToArray());
        return new DatagramService(Handle(script, new WorkerScene(script)));
    }

    internal static Func<DatagramContext, ValueTask> Handle(SceneScript script, Scene scene)
    {
        if (script.IsClass) return DatagramHandler.Each(() => (DatagramHandler)Activator.CreateInstance(HandlerReference.Class(script.Handler))!);
        var handle = (DatagramSceneHandler)HandlerReference.Find(script.Handler);
        return context => handle(context, scene);
    }
}
