using System.Reflection;

namespace Argosy.Sockets.Tests;

/// <summary>
/// Names a piece of a test's code so that another process can find it: a static lambda, a method group, or a handler's class. What
/// captures something cannot be named.
/// </summary>
internal static class HandlerReference
{
    public static string Of(Delegate code)
    {
        var owner = code.Method.DeclaringType!;
        if (!code.Method.IsStatic && owner.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0)
            throw new InvalidOperationException($"{code.Method} captures variables of its test; it must be static, as worker processes run it too.");
        return $"{owner.FullName}|{code.Method.Name}";
    }

    public static Delegate Find(string reference)
    {
        var parts = reference.Split('|');
        var owner = Class(parts[0]);
        var method = owner.GetMethod(parts[1], BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        var shape = typeof(IConnection) == method.GetParameters()[0].ParameterType ? typeof(Func<IConnection, string?>)
            : method.GetParameters().Length == 2 ? typeof(Func<HandlerContext, IConnection, ValueTask>)
            : typeof(SceneHandler);
        return method.CreateDelegate(shape, method.IsStatic ? null : Activator.CreateInstance(owner, nonPublic: true));
    }

    public static Type Class(string name) => typeof(HandlerReference).Assembly.GetType(name, throwOnError: true)!;
}

/// <summary>A handler that talks with its test.</summary>
public delegate ValueTask SceneHandler(HandlerContext context, IConnection connection, Scene scene);
