from multiprocessing import Process

global_var_list = [None] * 2

def heavy_op1(i):
    global_var_list[i - 1] = True
    print("Function idx:", i, global_var_list)

if __name__ == "__main__":
    processes = [Process(target=heavy_op1, args=(i,)) for i in (1, 2)]
    for p in processes:
        p.start()
    for p in processes:
        p.join()
    print("Global var at end of processing:", global_var_list)
