using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>
/// Emits, once for each grain or observer interface, the proxy class that turns its methods into requests, and for each method a
/// request class that holds the arguments and makes the call. No call looks anything up by reflection.
/// </summary>
internal static class Proxies
{
    private static readonly AssemblyBuilder Assembly = AssemblyBuilder.DefineDynamicAssembly(new("Orleans.InProcess.Proxies"), AssemblyBuilderAccess.Run);
    private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("proxies");
    private static readonly ConcurrentDictionary<Type, Func<Silo, GrainId, GrainReference>> Makers = [];
    private static readonly HashSet<string> OpenedAssemblies = [];
    private static readonly Lock EmitGate = new();

    private static readonly ConstructorInfo ReferenceConstructor =
        typeof(GrainReference).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(Silo), typeof(GrainId)])!;

    public static GrainReference Make(Type interfaceType, Silo silo, GrainId id) => Maker(interfaceType)(silo, id);

    public static Func<Silo, GrainId, GrainReference> Maker(Type interfaceType)
    {
        if (Makers.TryGetValue(interfaceType, out var known))
            return known;
        lock (EmitGate)
        {
            if (!Makers.TryGetValue(interfaceType, out var maker))
                Makers[interfaceType] = maker = EmitProxy(interfaceType);
            return maker;
        }
    }

    private static Func<Silo, GrainId, GrainReference> EmitProxy(Type interfaceType)
    {
        if (!interfaceType.IsInterface || !interfaceType.IsAssignableTo(typeof(IAddressable)))
            throw new ArgumentException($"{interfaceType} is not a grain or observer interface.");
        Open(typeof(Proxies).Assembly);
        Open(interfaceType.Assembly);
        var proxy = Module.DefineType($"{interfaceType.FullName}.Proxy", TypeAttributes.Class | TypeAttributes.Sealed, typeof(GrainReference), [interfaceType]);

        var constructor = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(Silo), typeof(GrainId)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, ReferenceConstructor);
        il.Emit(OpCodes.Ret);

        foreach (var method in interfaceType.GetInterfaces().Append(interfaceType).SelectMany(type => type.GetMethods()).Where(method => method.IsAbstract))
            EmitMethod(proxy, interfaceType, method);

        var made = proxy.CreateType().GetConstructors()[0];
        var silo = Expression.Parameter(typeof(Silo));
        var id = Expression.Parameter(typeof(GrainId));
        return Expression.Lambda<Func<Silo, GrainId, GrainReference>>(Expression.New(made, silo, id), silo, id).Compile();
    }

    private static void EmitMethod(TypeBuilder proxy, Type interfaceType, MethodInfo method)
    {
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        if (method.IsGenericMethod || method.IsSpecialName || parameters.Any(type => type.IsByRef) || !IsAwaitable(method.ReturnType))
        {
            throw new OrleansConfigurationException(
                $"{interfaceType}.{method.Name} cannot be called across grains: it must return a task (or void) and be neither generic nor a property.");
        }

        var result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(object);
        foreach (var used in parameters.Append(result))
            Open(used.Assembly);
        var request = EmitRequest(proxy.Name, interfaceType, method, parameters, result);

        const MethodAttributes Implementation =
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;
        var builder = proxy.DefineMethod($"{method.DeclaringType!.FullName}.{method.Name}", Implementation, method.ReturnType, parameters);
        proxy.DefineMethodOverride(builder, method);

        var il = builder.GetILGenerator();
        for (var argument = 0; argument <= parameters.Length; argument++)
            il.Emit(OpCodes.Ldarg, (short)argument);
        il.Emit(OpCodes.Newobj, request.GetConstructors()[0]);
        il.Emit(OpCodes.Call, Sender(method.ReturnType, result));
        if (method.ReturnType.IsValueType && method.ReturnType != typeof(void))
            il.Emit(OpCodes.Newobj, method.ReturnType.GetConstructor([method.ReturnType.IsGenericType ? typeof(Task<>).MakeGenericType(result) : typeof(Task)])!);
        il.Emit(OpCodes.Ret);
    }

    private static Type EmitRequest(string proxy, Type interfaceType, MethodInfo method, Type[] parameters, Type result)
    {
        var parent = typeof(Request<>).MakeGenericType(result);
        var name = $"{interfaceType.FullName}.{proxy}.{method.DeclaringType!.Name}.{method.Name}({method.MetadataToken:x})";
        var type = Module.DefineType(name, TypeAttributes.Class | TypeAttributes.Sealed | TypeAttributes.Public, parent);
        var traits = type.DefineField("Shared", typeof(MethodTraits), FieldAttributes.Public | FieldAttributes.Static);
        var arguments = parameters.Select((argument, index) => type.DefineField($"Argument{index}", argument, FieldAttributes.Public)).ToArray();

        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, parameters).GetILGenerator();
        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Call, parent.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, [])!);
        for (var index = 0; index < arguments.Length; index++)
        {
            constructor.Emit(OpCodes.Ldarg_0);
            constructor.Emit(OpCodes.Ldarg, (short)(index + 1));
            constructor.Emit(OpCodes.Stfld, arguments[index]);
        }

        constructor.Emit(OpCodes.Ret);

        const MethodAttributes Override = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;
        var getter = type.DefineMethod("get_Traits", Override | MethodAttributes.SpecialName, typeof(MethodTraits), []).GetILGenerator();
        getter.Emit(OpCodes.Ldsfld, traits);
        getter.Emit(OpCodes.Ret);

        var execute = type.DefineMethod(nameof(Request.Execute), Override, typeof(Task), [typeof(object)]).GetILGenerator();
        execute.Emit(OpCodes.Ldarg_1);
        execute.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var argument in arguments)
        {
            execute.Emit(OpCodes.Ldarg_0);
            execute.Emit(OpCodes.Ldfld, argument);
        }

        execute.Emit(OpCodes.Callvirt, method);
        if (method.ReturnType == typeof(void))
        {
            execute.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (method.ReturnType.IsValueType)
        {
            var valueTask = execute.DeclareLocal(method.ReturnType);
            execute.Emit(OpCodes.Stloc, valueTask);
            execute.Emit(OpCodes.Ldloca, valueTask);
            execute.Emit(OpCodes.Call, method.ReturnType.GetMethod(nameof(ValueTask.AsTask))!);
        }

        execute.Emit(OpCodes.Ret);

        var made = type.CreateType();
        made.GetField("Shared")!.SetValue(null, new MethodTraits(interfaceType, method));
        return made;
    }

    private static MethodInfo Sender(Type returnType, Type result)
    {
        const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic;
        if (returnType == typeof(void))
            return typeof(GrainReference).GetMethod(nameof(GrainReference.CallOneWay), Internal)!;
        if (!returnType.IsGenericType)
            return typeof(GrainReference).GetMethod(nameof(GrainReference.CallVoid), Internal)!;
        return typeof(GrainReference).GetMethods(Internal)
            .Single(method => method is { Name: nameof(GrainReference.Call), IsGenericMethod: true })
            .MakeGenericMethod(result);
    }

    private static bool IsAwaitable(Type type) =>
        type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));

    /// <summary>Lets the emitted classes use internal interfaces and messages of that assembly.</summary>
    private static void Open(Assembly used)
    {
        if (used.GetName().Name is { } name && OpenedAssemblies.Add(name))
            Assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(IgnoresAccessChecksToAttribute).GetConstructors()[0], [name]));
    }
}
